import { type Instant, plus, toLocal } from "@loa/shared/kernel/time.ts";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { DatedGrant } from "../domain/access.ts";
import { writeAudit } from "../store/audit.ts";
import {
  deleteSession,
  deleteSessionsExpiredBy,
  insertSession,
  renewSession,
  type SignInMethod,
} from "../store/sessions.ts";
import { grantsInForce, type KnownUser } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import { newSecret } from "./new-id.ts";
import { cookieName, type Operator, SESSION_LIMIT_MS } from "./operator.ts";
import { remoteAddress } from "./remote-address.ts";

export interface Proof {
  readonly method: SignInMethod;
  /** When the person showed it. */
  readonly at: Instant;
}

/**
 * A session by a new name, whatever name the browser came with: one that somebody put there is worth nothing. The
 * grants of the person today.
 */
export async function beginSession(
  c: Context,
  deps: ApiDeps,
  person: KnownUser,
  proof: Proof,
): Promise<readonly DatedGrant[]> {
  const value = newSecret(deps.random);
  const now = deps.clock.now();
  const address = remoteAddress(c);
  const before = getCookie(c, cookieName(deps.config.secureCookies));
  await deps.db.transaction().execute(async (tx) => {
    await deleteSessionsExpiredBy(tx, now);
    if (before !== undefined) await deleteSession(tx, deps.crypto.sha256Hex(before));
    await insertSession(tx, {
      idSha256: deps.crypto.sha256Hex(value),
      userId: person.id,
      createdAt: now,
      expiresAt: plus(now, SESSION_LIMIT_MS),
      provenAt: proof.at,
      method: proof.method,
      address,
    });
    await writeAudit(tx, {
      at: now,
      userId: person.id,
      act: person.isBreakGlass ? "session.break-glass" : "session.begun",
      subject: `user:${person.id}`,
      areaId: null,
      detail: { address, method: proof.method },
    });
  });
  if (person.isBreakGlass) deps.log.error("session.break-glass", { user: person.name, address });
  setOwnCookie(c, deps, value, SESSION_LIMIT_MS);
  return await grantsInForce(deps.db, person.id, toLocal(now).date);
}

/** The same session goes on by a new name, with a proof of now. */
export async function renewOwnSession(
  c: Context,
  deps: ApiDeps,
  operator: Operator,
  method: SignInMethod,
): Promise<void> {
  const value = newSecret(deps.random);
  const now = deps.clock.now();
  const idSha256 = deps.crypto.sha256Hex(value);
  const { userId } = operator;
  await deps.db.transaction().execute(async (tx) => {
    await renewSession(tx, operator.sessionSha256, { idSha256, provenAt: now });
    const detail = { address: remoteAddress(c), method };
    const subject = `user:${userId}`;
    await writeAudit(tx, { at: now, userId, act: "session.proven", subject, areaId: null, detail });
  });
  setOwnCookie(c, deps, value, operator.sessionEndsAt - now);
}

/** Of the person who asks: the session that asks, or another one. */
export async function endOwnSession(
  { db, clock }: ApiDeps,
  { userId, sessionSha256 }: Operator,
  endedSha256: string,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await deleteSession(tx, endedSha256);
    const detail = { isThis: endedSha256 === sessionSha256 };
    const subject = `user:${userId}`;
    await writeAudit(tx, { at: clock.now(), userId, act: "session.ended", subject, areaId: null, detail });
  });
}

export function forgetOwnCookie(c: Context, { config }: ApiDeps): void {
  deleteCookie(c, cookieName(config.secureCookies), cookieOf(config.secureCookies));
}

function setOwnCookie(c: Context, { config }: ApiDeps, value: string, lastsMs: number): void {
  const cookie = { ...cookieOf(config.secureCookies), maxAge: Math.floor(lastsMs / 1_000) };
  setCookie(c, cookieName(config.secureCookies), value, cookie);
}

function cookieOf(isSecure: boolean): CookieOptions {
  return { path: "/", httpOnly: true, sameSite: "Strict", secure: isSecure };
}
