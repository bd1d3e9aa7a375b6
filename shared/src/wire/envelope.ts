import { z } from "zod";
import type { Crypto, PublicKey, SigningKey } from "../kernel/ambient.ts";
import { areaId, boxId, commandId } from "../kernel/ids.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { type Instant, instant } from "../kernel/time.ts";
import { parseStrictJson } from "./strict-json.ts";

/**
 * The signed envelope: a compact JWS (RFC 7515) with EdDSA (RFC 8037) over the exact bytes that travel.
 * Down it carries plans and commands of the controller; up it carries what a box gives as evidence.
 */
export const MAX_ENVELOPE_BYTES = 32 * 1024;

export const envelopeKind = z.enum([
  "plan",
  "stop",
  "emergency",
  "cancel",
  /** Local emergencies of a box, signed in advance. */
  "local",
  /** Standing approvals that were taken back. */
  "withdraw",
  /** Goes the way of an emergency to its end, and makes no sound. */
  "test",
  "time",
  "received",
  "ack",
  "event",
]);
export type EnvelopeKind = z.infer<typeof envelopeKind>;

export const audience = z.union([
  z.strictObject({ box: boxId }),
  z.strictObject({ area: areaId }),
  z.strictObject({ controller: z.literal(true) }),
]);
export type Audience = z.infer<typeof audience>;

export const envelope = z.object({
  v: z.literal(1),
  id: commandId,
  kind: envelopeKind,
  audience,
  /** Id of the key; the signature header names the same one. */
  issuer: z.string().min(1).max(64),
  /** Rises with every envelope of the issuer. */
  sequence: z.number().int().min(1),
  issuedAt: instant,
  notBefore: instant,
  /** Null: valid until replaced (plans). */
  expiresAt: instant.nullable(),
  /** Names of fields that a reader must understand; an unknown one refuses the envelope. */
  critical: z.array(z.string().max(32)).max(8),
  body: z.unknown(),
});
export type Envelope = z.infer<typeof envelope>;

/** Nothing else may be in it: `crit`, `b64` (RFC 7797) and `jwk` would change what was signed, or who may sign. */
const header = z.strictObject({
  alg: z.literal("EdDSA"),
  kid: z.string().min(1).max(64),
  typ: z.literal("loa+jws"),
});

/** Why an envelope is refused, in the order in which it is looked at. The same word travels in the answer. */
export const refusal = z.enum([
  "too-large",
  "malformed",
  "unknown-key",
  "bad-signature",
  /** The key is known, and may not do this, here or now. */
  "not-allowed",
  /** Too few persons who may have approved it. */
  "not-approved",
  "critical-field",
  "wrong-audience",
  "replayed",
  "not-yet-valid",
  "expired",
  /** A STOP came after it was written. */
  "stopped",
  /** The standing approval was taken back. */
  "withdrawn",
  /** The alert that came with it is none, or too large. */
  "alert-unreadable",
  /** The sender's own key has not signed it. */
  "alert-unsigned",
  /** Of another event or sender, not grave enough, or elsewhere than the standing approval says. */
  "alert-not-covered",
  /** Beyond what a box holds ordinary items to, whoever signed. */
  "unsafe",
  "bad-body",
  "stale-revision",
  "not-durable",
]);
export type Refusal = z.infer<typeof refusal>;

export interface Signer {
  readonly issuer: string;
  readonly privateKey: SigningKey;
}

export function seal(contents: Envelope, signer: Signer, crypto: Crypto): string {
  const head = crypto.toBase64Url(JSON.stringify({ alg: "EdDSA", kid: signer.issuer, typ: "loa+jws" }));
  const signed = `${head}.${crypto.toBase64Url(JSON.stringify(contents))}`;
  return `${signed}.${crypto.sign(signer.privateKey, signed)}`;
}

/** What a signature is given for, as it travels. */
export interface SignedText {
  /** Header and contents, both base64url. */
  readonly data: string;
  readonly signature: string;
}

/** The parts of an envelope, still unopened; null where it has others. */
export function signedTextOf(text: string): SignedText | null {
  const [first, last] = [text.indexOf("."), text.lastIndexOf(".")];
  if (first === last || text.indexOf(".", first + 1) !== last) return null;
  return { data: text.slice(0, last), signature: text.slice(last + 1) };
}

/**
 * Checks 1 to 4: size, form, key, signature. Says nothing of critical fields, audience, sequence or time: whoever has
 * signed it is to hear of those.
 */
export function openSealed(
  text: string,
  keyOf: (issuer: string) => PublicKey | null,
  crypto: Pick<Crypto, "verify" | "fromBase64Url">,
): Result<Envelope, Refusal> {
  // Base64url text is ASCII, so characters are bytes; anything else fails to parse below.
  if (text.length > MAX_ENVELOPE_BYTES) return fail("too-large");
  const signed = signedTextOf(text);
  if (signed === null) return fail("malformed");
  const { data, signature } = signed;
  const bodyAt = data.indexOf(".") + 1;
  const parsedHead = header.safeParse(jsonOf(crypto.fromBase64Url(data.slice(0, bodyAt - 1))));
  if (!parsedHead.success) return fail("malformed");
  const key = keyOf(parsedHead.data.kid);
  if (key === null) return fail("unknown-key");
  if (!crypto.verify(key, data, signature)) return fail("bad-signature");
  const parsed = envelope.safeParse(jsonOf(crypto.fromBase64Url(data.slice(bodyAt))));
  if (!parsed.success || parsed.data.issuer !== parsedHead.data.kid) return fail("malformed");
  return ok(parsed.data);
}

/** No field is known that a reader must understand: the first that comes is too much for this program. */
export function isUnderstood({ critical }: Envelope): boolean {
  return critical.length === 0;
}

/** Who the reader is, and what it has seen. */
export interface ReaderState {
  readonly isAddressedTo: (audience: Audience) => boolean;
  readonly sequences: SequenceWindow;
  /** Null while the reader does not trust its clock: then the time rule cannot refuse. */
  readonly now: Instant | null;
}

/** Clocks of two machines may differ by this much without an envelope being «not yet valid». */
export const CLOCK_TOLERANCE_MS = 60_000;

/** Checks 5 to 7: audience, sequence, time. The durable insert and the act come after. */
export function admit(contents: Envelope, reader: ReaderState): Refusal | null {
  if (!reader.isAddressedTo(contents.audience)) return "wrong-audience";
  if (isReplayed(reader.sequences, contents.sequence)) return "replayed";
  if (reader.now === null) return null;
  if (contents.notBefore > reader.now + CLOCK_TOLERANCE_MS) return "not-yet-valid";
  if (contents.expiresAt !== null && contents.expiresAt <= reader.now) return "expired";
  return null;
}

/** Sequences of one issuer that were seen: all up to the floor are void, those above it only if listed. */
export const sequenceWindow = z.object({
  floor: z.number().int().min(0),
  seen: z.array(z.number().int()).max(1_024),
});
export type SequenceWindow = z.infer<typeof sequenceWindow>;

export const EMPTY_WINDOW: SequenceWindow = { floor: 0, seen: [] };
export const SEQUENCE_WINDOW = 1_024;

export function isReplayed(window: SequenceWindow, sequence: number): boolean {
  return sequence <= window.floor || window.seen.includes(sequence);
}

export function afterSeeing(window: SequenceWindow, sequence: number): SequenceWindow {
  const highest = Math.max(sequence, window.floor, ...window.seen);
  const floor = Math.max(window.floor, highest - SEQUENCE_WINDOW);
  return { floor, seen: [...window.seen, sequence].filter((one) => one > floor) };
}

/** Names that come twice, and all else that two readers may read differently, make an envelope malformed. */
function jsonOf(text: string | null): unknown {
  return text === null ? undefined : parseStrictJson(text);
}
