import { z } from "zod";
import { LEAST_EMERGENCY_DB } from "../broadcast/plan.ts";
import type { Crypto, PublicKey, SigningKey } from "../kernel/ambient.ts";
import { areaId, userId } from "../kernel/ids.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { type Instant, instant } from "../kernel/time.ts";
import { canonicalText, readCanonical } from "./canonical.ts";
import { base64Url, keyAlgorithm, keyGrant, keyId, rawPublicKey } from "./keys.ts";

/**
 * The roster ("danh bạ khóa") says which keys a box believes, and for what. An offline root signs it in the manner of TUF
 * (theupdateframework.github.io, 6): a new version needs the threshold of the root before it and of its own.
 */
export const MAX_ROSTER_KEYS = 100;
/** Changes of the root in the life of a province; before that the topic's own limit of size is reached. */
export const MAX_CHAIN = 64;
/** One that is longer does not fit its topic beside the versions before it. */
export const MAX_ROSTER_BYTES = 40 * 1024;

export const rosterRoot = z.strictObject({
  keys: z
    .array(z.strictObject({ id: keyId, publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }))
    .min(1)
    .max(9),
  threshold: z.number().int().min(1).max(9),
});
export type RosterRoot = z.infer<typeof rosterRoot>;

export const rosterKey = z.strictObject({
  id: keyId,
  algorithm: keyAlgorithm,
  publicKey: rawPublicKey,
  /** Whose it is; null: a machine's, such as the controller's online key. */
  holder: z.strictObject({ person: userId, name: z.string().min(1).max(80) }).nullable(),
  /** A passkey (WebAuthn): it signs for this site only. Null: it signs envelopes. */
  passkey: z
    .strictObject({
      credential: base64Url.max(344),
      rpId: z.string().min(1).max(120),
      origins: z.array(z.string().min(8).max(140)).min(1).max(4),
    })
    .nullable(),
  grants: z.array(keyGrant).min(1).max(8),
});
export type RosterKey = z.infer<typeof rosterKey>;

/** What a box holds ordinary items to, whoever has signed them. Emergencies are bound by their own approval. */
export const safetyLimits = z.strictObject({
  /** Local time of the day in which ordinary items may sound. */
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/),
  /** Longest stretch of one occurrence. */
  maxDurationMs: z.number().int().min(1_000).max(86_400_000),
  /** Highest gain of an item over its clip's own level, and highest of the amplifier under it, dB. */
  maxGainDb: z.number().min(-60).max(24),
  /** Occurrences that may begin within an hour. */
  maxStartsPerHour: z.number().int().min(1).max(720),
  /** Emergencies are at least so loud, gain of the amplifier in dB, whatever the plan says. */
  minEmergencyGainDb: z.number().min(LEAST_EMERGENCY_DB).max(20).optional(),
});
export type SafetyLimits = z.infer<typeof safetyLimits>;

export const roster = z
  .strictObject({
    v: z.literal(1),
    /** The root of the province's areas. */
    province: areaId,
    version: z.number().int().min(1),
    issuedAt: instant,
    /** After it the roster stays in force, and everybody is told that it must be renewed. */
    expiresAt: instant,
    root: rosterRoot,
    /** How many persons must have approved. An actual one never goes out on the word of one. */
    approvals: z.strictObject({
      actual: z.number().int().min(2).max(5),
      exercise: z.number().int().min(1).max(5),
    }),
    safety: safetyLimits.nullable(),
    keys: z.array(rosterKey).min(1).max(MAX_ROSTER_KEYS),
  })
  .refine(({ root }) => root.threshold <= root.keys.length, "threshold above the number of root keys")
  .refine(({ root }) => areDistinct(root.keys.flatMap((one) => [one.id, one.publicKey])), "a root key twice")
  .refine(({ keys }) => areDistinct(keys.flatMap((one) => [one.id, one.publicKey])), "a key twice");
export type Roster = z.infer<typeof roster>;

/** Of two roots with nine keys each, and the controller's. */
const MAX_SIGNATURES = 19;

export const signedRoster = z.strictObject({
  /** The canonical text of the roster. */
  payload: z.string().min(2).max(MAX_ROSTER_BYTES),
  signatures: z.array(z.strictObject({ key: keyId, signature: base64Url.max(128) })).max(MAX_SIGNATURES),
});
export type SignedRoster = z.infer<typeof signedRoster>;

/** Why a roster is not taken. */
export const rosterRefusal = z.enum([
  "malformed",
  "other-province",
  "stale-version",
  "root-not-enough",
  "own-root-not-enough",
]);
export type RosterRefusal = z.infer<typeof rosterRefusal>;

export function rosterText(contents: Roster): string {
  return canonicalText(roster, contents);
}

export function readRoster(payload: string): Roster | null {
  return readCanonical(roster, payload);
}

/** What a root key signs. */
export function rosterSigned(payload: string): string {
  return `loa-roster.${payload}`;
}

/** The roster that is to be believed after this one was offered. `pinned`: the root of the box's image, before any. */
export function nextRoster(
  known: Roster | null,
  pinned: RosterRoot | null,
  offered: SignedRoster,
  crypto: Crypto,
): Result<Roster, RosterRefusal> {
  const next = readRoster(offered.payload);
  if (next === null) return fail("malformed");
  if (known !== null && next.province !== known.province) return fail("other-province");
  if (known !== null && next.version <= known.version) return fail("stale-version");
  const before = known?.root ?? pinned;
  if (before !== null && !isSignedBy(before, offered, crypto)) return fail("root-not-enough");
  return isSignedBy(next.root, offered, crypto) ? ok(next) : fail("own-root-not-enough");
}

/** As many of its keys as it wants have signed, each counted once. */
export function isSignedBy(
  { keys, threshold }: RosterRoot,
  { payload, signatures }: SignedRoster,
  crypto: Crypto,
): boolean {
  const signed = rosterSigned(payload);
  const good = keys.filter((key) =>
    signatures.some(
      ({ key: id, signature }) =>
        id === key.id && crypto.verify(key.publicKey as PublicKey, signed, signature),
    ),
  );
  return good.length >= threshold;
}

/**
 * What a box goes by that has neither a roster nor a root in its image: one of the keys of its enrolment must vouch for the
 * first roster, or whoever has the broker would name the keys that it believes.
 */
export function rootOfEnrolment(issuers: ReadonlyMap<string, PublicKey>): RosterRoot {
  return { keys: [...issuers].map(([id, publicKey]) => ({ id, publicKey })), threshold: 1 };
}

/** With the controller's own signature, for the boxes of `rootOfEnrolment`; to all others it says nothing. */
export function vouchedFor(
  { payload, signatures }: SignedRoster,
  { issuer, privateKey }: { readonly issuer: string; readonly privateKey: SigningKey },
  crypto: Crypto,
): SignedRoster {
  const signature = crypto.sign(privateKey, rosterSigned(payload));
  const others = signatures.filter((one) => one.key !== issuer || one.signature !== signature);
  return { payload, signatures: [...others, { key: issuer, signature }] };
}

/** The versions one after the other, as a box takes them that was off for some. The last one that could be taken. */
export function followRosters(
  known: Roster | null,
  pinned: RosterRoot | null,
  chain: readonly SignedRoster[],
  crypto: Crypto,
): {
  readonly roster: Roster | null;
  readonly signed: SignedRoster | null;
  readonly refused: RosterRefusal | null;
} {
  let roster = known;
  let signed: SignedRoster | null = null;
  let refused: RosterRefusal | null = null;
  for (const offered of chain) {
    const next = nextRoster(roster, pinned, offered, crypto);
    if (next.ok) {
      roster = next.value;
      signed = offered;
      refused = null;
    } else if (next.error !== "stale-version") refused = next.error;
  }
  return { roster, signed, refused };
}

/**
 * What a box needs to come from any version to the newest: the last one under each root, for the next root is believed by
 * the one before it.
 */
export function chainOf(all: readonly SignedRoster[]): readonly SignedRoster[] {
  const rootOf = (one: SignedRoster | undefined) =>
    one === undefined ? null : JSON.stringify(readRoster(one.payload)?.root);
  return all.filter((one, index) => rootOf(one) !== rootOf(all[index + 1]));
}

/** What travels on the roster's own topic. */
export const rosterChain = z.strictObject({ rosters: z.array(signedRoster).min(1).max(MAX_CHAIN) });

/** From its beginning on, and no more at its end. */
export function isInForce(from: Instant, to: Instant, now: Instant): boolean {
  return from <= now && now < to;
}

function areDistinct(all: readonly string[]): boolean {
  return new Set(all).size === all.length;
}
