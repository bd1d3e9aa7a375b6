import { z } from "zod";
import { areaId } from "../kernel/ids.ts";
import { instant } from "../kernel/time.ts";

/** Name of a key, as it stands in signatures. */
export const keyId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "1 to 64 of a-z, 0-9 and -");

export const base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/, "base64url without padding");

/** EdDSA: Ed25519 (RFC 8032). ES256: ECDSA with P-256 and SHA-256 (FIPS 186-5), signatures in DER as WebAuthn has them. */
export const keyAlgorithm = z.enum(["EdDSA", "ES256"]);
export type KeyAlgorithm = z.infer<typeof keyAlgorithm>;

/** Raw bytes as base64url: the 32 of Ed25519, or x and y of P-256, 32 each. */
export const rawPublicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$|^[A-Za-z0-9_-]{86}$/);

/**
 * What a key may be used for: to seal ordinary items, STOP and cancellations, emergencies on their way to the boxes; and
 * to approve emergencies, which is a person's.
 */
export const keyClass = z.enum(["ordinary", "stop", "emergency", "approve-exercise", "approve-actual"]);
export type KeyClass = z.infer<typeof keyClass>;

/** A class in some areas and everything below them, for some time. */
export const keyGrant = z.strictObject({
  classes: z.array(keyClass).min(1).max(5),
  areas: z.array(areaId).min(1).max(32),
  from: instant,
  to: instant,
});
export type KeyGrant = z.infer<typeof keyGrant>;
