import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import {
  asInstant,
  DAY_MS,
  type Instant,
  type LocalDate,
  type LocalTime,
  plus,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { APPROVERS_OUTLIVE_MS } from "@loa/shared/trust/authority.ts";
import type { KeyAlgorithm, KeyGrant } from "@loa/shared/trust/keys.ts";
import {
  MAX_ROSTER_BYTES,
  MAX_ROSTER_KEYS,
  type Roster,
  type RosterKey,
  rosterText,
} from "@loa/shared/trust/roster.ts";
import { rootsOf } from "./access.ts";
import { type Expiry, expiryAt } from "./expiry.ts";

/** Clocks of boxes that lag behind take a new key at once. */
const BEFORE_MS = DAY_MS;
/** A roster that nobody renewed in time is complained about, and silences no province. */
const AFTER_MS = 90 * DAY_MS;
const MAX_AREAS_A_GRANT = 32;
const MAX_GRANTS = 8;

/** A person's passkey, with where and how long the person may approve emergencies. */
export interface Approver {
  readonly person: UserId;
  readonly name: string;
  /** Hash of the credential: the key's name in the roster. */
  readonly keyHash: string;
  readonly credential: string;
  readonly algorithm: KeyAlgorithm;
  /** Raw bytes, base64url. */
  readonly publicKey: string;
  readonly grants: readonly {
    readonly areaId: AreaId;
    readonly from: LocalDate;
    readonly to: LocalDate | null;
  }[];
}

export interface RosterWishes {
  readonly province: AreaId;
  readonly root: Roster["root"];
  readonly approvals: Roster["approvals"];
  readonly safety: Roster["safety"];
  readonly validDays: number;
  /** Boxes have heard of this version already, though this controller has not. */
  readonly after: number;
  readonly approvers: readonly Approver[];
  readonly site: { readonly rpId: string; readonly origin: string };
  readonly controller: { readonly issuer: string; readonly publicKey: PublicKey };
}

/** The root of the areas of this day. */
export function provinceOf(tree: AreaTree): AreaId | null {
  return rootsOf(tree)[0] ?? null;
}

/** What the holders of the root are asked to sign: the next version, out of who may approve today. */
export function proposeRoster(current: Roster | null, wishes: RosterWishes, now: Instant): Roster {
  const { province, root, approvals, safety } = wishes;
  const expiresAt = plus(now, wishes.validDays * DAY_MS);
  const span = { from: plus(now, -BEFORE_MS), to: plus(expiresAt, AFTER_MS) };
  const approving = { from: span.from, to: plus(expiresAt, APPROVERS_OUTLIVE_MS) };
  const persons = wishes.approvers.flatMap((one) => personKey(one, wishes.site, approving, now));
  return {
    v: 1,
    province,
    version: Math.max(current?.version ?? 0, wishes.after) + 1,
    issuedAt: now,
    expiresAt,
    root,
    approvals,
    safety,
    keys: [machineKey(wishes, span), ...persons],
  };
}

/** Whether it fits where it has to travel. Who would be left out of it is somebody who cannot approve when it counts. */
export function isRoomy(proposal: Roster): boolean {
  return proposal.keys.length <= MAX_ROSTER_KEYS && rosterText(proposal).length <= MAX_ROSTER_BYTES;
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

function machineKey({ controller, province }: RosterWishes, span: Span): RosterKey {
  return {
    id: controller.issuer,
    algorithm: "EdDSA",
    publicKey: controller.publicKey,
    holder: null,
    passkey: null,
    grants: [{ classes: ["ordinary", "stop", "emergency"], areas: [province], ...span }],
  };
}

/** None for whoever may approve nothing from now on. */
function personKey(
  one: Approver,
  site: RosterWishes["site"],
  span: Span,
  now: Instant,
): readonly RosterKey[] {
  const grants = grantsOf(one, span).filter((grant) => grant.to > now);
  if (grants.length === 0) return [];
  const { keyHash, algorithm, publicKey, person, name, credential } = one;
  return [
    {
      id: `k-${keyHash.slice(0, 16)}`,
      algorithm,
      publicKey,
      holder: { person, name: name.slice(0, 80) },
      passkey: { credential, rpId: site.rpId, origins: [site.origin] },
      grants: grants.slice(0, MAX_GRANTS),
    },
  ];
}

/** Grants of the same time stand together. */
function grantsOf({ grants }: Approver, span: Span): KeyGrant[] {
  const spanOf = (grant: Approver["grants"][number]): Span => ({
    from: asInstant(Math.max(span.from, startOfDay(grant.from))),
    to: grant.to === null ? span.to : asInstant(Math.min(span.to, startOfDay(grant.to))),
  });
  const bySpan = Map.groupBy(grants, (grant) => JSON.stringify(spanOf(grant)));
  return [...bySpan.values()].flatMap((same): KeyGrant[] => {
    const [first] = same;
    if (first === undefined) return [];
    const { from, to } = spanOf(first);
    const areas = [...new Set(same.map((one) => one.areaId))].sort().slice(0, MAX_AREAS_A_GRANT);
    return [{ classes: ["approve-exercise", "approve-actual"], areas, from, to }];
  });
}

function startOfDay(date: LocalDate): Instant {
  return toInstant(date, "00:00:00" as LocalTime);
}

/** What of a roster ends, and when; the nearest end first. */
export interface RosterExpiry extends Expiry {
  readonly what: "roster" | "key";
  /** Name of the key; null for the roster itself. */
  readonly key: string | null;
  readonly holder: string | null;
  readonly at: Instant;
}

export function rosterExpiries(roster: Roster, now: Instant): readonly RosterExpiry[] {
  const end = (at: Instant): Expiry => expiryAt({ notAfter: at, renewsAt: null }, now);
  const whole: RosterExpiry = {
    ...{ what: "roster", key: null, holder: null, at: roster.expiresAt },
    ...end(roster.expiresAt),
  };
  const keys = roster.keys.map((key): RosterExpiry => {
    const at = asInstant(Math.max(...key.grants.map((grant) => grant.to)));
    return { what: "key", key: key.id, holder: key.holder?.name ?? null, at, ...end(at) };
  });
  return [whole, ...keys].sort((one, other) => one.at - other.at);
}
