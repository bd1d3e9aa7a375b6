import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, type LocalDate, MINUTE_MS, plus, toLocal } from "@loa/shared/kernel/time.ts";
import { parse } from "hono/utils/cookie";
import { type Act, type DatedGrant, mayDo, type Role, rolesFor } from "../domain/access.ts";
import { readTree } from "../store/areas.ts";
import { sessionById, touchSession } from "../store/sessions.ts";
import { grantsInForce } from "../store/users.ts";
import { type AreaQuery, grantedAreas } from "../store/visible-areas.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";

/** The person behind a request, with what was granted for today. */
export interface Operator {
  readonly userId: UserId;
  readonly name: string;
  readonly grants: readonly DatedGrant[];
  readonly today: LocalDate;
  readonly sessionSha256: string;
  /** When the person last showed a password, a passkey or a fresh sign-in elsewhere. */
  readonly provenAt: Instant;
  readonly sessionEndsAt: Instant;
}

/** Whoever does nothing for this long signs in again. */
export const IDLE_LIMIT_MS = 12 * HOUR_MS;
/** And everybody after this. */
export const SESSION_LIMIT_MS = 7 * 24 * HOUR_MS;
/** Whoever sits down at an open page cannot prove who that is: pressing acts ask again after this. */
const FRESH_LIMIT_MS = 10 * MINUTE_MS;
/** A session's last use is written at most this often. */
const TOUCH_EVERY_MS = 5 * MINUTE_MS;

/** `__Host-` binds the cookie to this host, path and TLS; without TLS (loopback only) a browser would refuse it. */
export function cookieName(secureCookies: boolean): string {
  return secureCookies ? "__Host-loa" : "loa";
}

/** The signed-in person of a request, or null. Also for whoever serves more pages beside the API. */
export async function operatorOf(
  deps: Pick<ApiDeps, "db" | "clock" | "crypto" | "config">,
  headers: Headers,
): Promise<Operator | null> {
  const name = cookieName(deps.config.secureCookies);
  const value = parse(headers.get("cookie") ?? "", name)[name];
  if (value === undefined) return null;
  const now = deps.clock.now();
  const sessionSha256 = deps.crypto.sha256Hex(value);
  const session = await sessionById(deps.db, sessionSha256, now, plus(now, -IDLE_LIMIT_MS));
  if (session === null) return null;
  if (session.lastUsedAt < now - TOUCH_EVERY_MS) await noteUse(deps, sessionSha256, now);
  const today = toLocal(now).date;
  const grants = await grantsInForce(deps.db, session.userId, today);
  const { userId, userName, provenAt, expiresAt: sessionEndsAt } = session;
  return { userId, name: userName, grants, today, sessionSha256, provenAt, sessionEndsAt };
}

/**
 * On a disk that is full, or takes nothing any more, the pages go on showing what is: whoever must make room, or order a
 * STOP, should not be kept out by a note of no weight.
 */
async function noteUse({ db }: Pick<ApiDeps, "db">, sessionSha256: string, at: Instant): Promise<void> {
  await touchSession(db, sessionSha256, at).catch(() => {});
}

/** For acts that must not be done by whoever finds an open page or steals a session: keys, rights, emergencies. */
export function requireFresh({ clock }: Pick<ApiDeps, "clock">, { provenAt }: Operator): void {
  if (clock.now() - provenAt >= FRESH_LIMIT_MS) throw new HttpProblem("step-up-needed");
}

/** The areas in which this person may do this, as a query: what is not in it does not exist for the person. */
export function areasFor(deps: Pick<ApiDeps, "db">, operator: Operator, act: Act): AreaQuery {
  const roles: readonly Role[] = rolesFor[act];
  return grantedAreas(deps.db, { userId: operator.userId, roles, today: operator.today });
}

export function todaysTree(deps: Pick<ApiDeps, "db">, operator: Operator): Promise<AreaTree> {
  return readTree(deps.db, operator.today);
}

/** For things that were found: an area that one cannot see is not there, one that one only sees is forbidden. */
export async function requireAct(
  deps: Pick<ApiDeps, "db">,
  operator: Operator,
  act: Act,
  area: AreaId,
): Promise<void> {
  const tree = await todaysTree(deps, operator);
  if (!mayDo(operator.grants, tree, "see", area)) throw new HttpProblem("not-found");
  if (!mayDo(operator.grants, tree, act, area)) throw new HttpProblem("forbidden");
}

/** For areas that the person wrote into a request. Whether a strange area exists is not said. */
export async function requireOwnArea(
  deps: Pick<ApiDeps, "db">,
  operator: Operator,
  act: Act,
  area: AreaId,
): Promise<void> {
  const tree = await todaysTree(deps, operator);
  if (!mayDo(operator.grants, tree, "see", area)) throw new HttpProblem("area-not-yours", { areaId: area });
  if (!mayDo(operator.grants, tree, act, area)) throw new HttpProblem("forbidden", { areaId: area });
}

/** For things without an area, such as an upload: the role anywhere is enough. */
export function requireRole(operator: Operator, act: Act): void {
  if (!hasRole(operator, act)) throw new HttpProblem("forbidden");
}

export function hasRole(operator: Operator, act: Act): boolean {
  const able: readonly Role[] = rolesFor[act];
  return operator.grants.some((grant) => able.includes(grant.role));
}
