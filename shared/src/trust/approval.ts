import { z } from "zod";
import type { Crypto } from "../kernel/ambient.ts";
import { base64Url, keyId } from "./keys.ts";
import type { RosterKey } from "./roster.ts";

/**
 * One person's approval: a WebAuthn assertion (W3C Web Authentication Level 3, 7.2) whose challenge is the SHA-256 of
 * the order's text. ES256 signatures are DER, EdDSA ones 64 bytes.
 */
export const approval = z.strictObject({
  key: keyId,
  authenticatorData: base64Url.max(344),
  clientDataJSON: base64Url.max(1_368),
  signature: base64Url.max(128),
});
export type Approval = z.infer<typeof approval>;

const clientData = z.object({
  type: z.literal("webauthn.get"),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.literal(false).optional(),
});

/** Flags of authenticatorData: the person was there, and was verified. */
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const FLAGS_AT = 32;
const COUNTER_AT = 33;
/** SHA-256 of the site, flags, counter. */
const AUTHENTICATOR_DATA_BYTES = 37;

/** The challenge that the person's key signs, base64url. */
export function challengeOf(payload: string, crypto: Crypto): string {
  return crypto.bytesToBase64Url(crypto.sha256(payload));
}

/** How often the key says that it has signed; 0 from those that do not count. Null: this is no authenticatorData. */
export function signatureCountOf({ authenticatorData }: Approval, crypto: Crypto): number | null {
  const data = crypto.bytesFromBase64Url(authenticatorData);
  if (data === null || data.length < AUTHENTICATOR_DATA_BYTES) return null;
  return new DataView(data.buffer, data.byteOffset).getUint32(COUNTER_AT);
}

/** Whether this very key has approved this very text, with the person there and verified, on a page of ours. */
export function isApprovedBy(given: Approval, key: RosterKey, payload: string, crypto: Crypto): boolean {
  if (key.passkey === null || given.key !== key.id) return false;
  const data = crypto.bytesFromBase64Url(given.authenticatorData);
  const clientBytes = crypto.bytesFromBase64Url(given.clientDataJSON);
  const signature = crypto.bytesFromBase64Url(given.signature);
  if (data === null || clientBytes === null || signature === null) return false;
  const client = clientData.safeParse(parseJson(crypto.fromBase64Url(given.clientDataJSON)));
  if (!client.success || client.data.challenge !== challengeOf(payload, crypto)) return false;
  if (!key.passkey.origins.includes(client.data.origin)) return false;
  if (!isOfSite(data, key.passkey.rpId, crypto)) return false;
  const signed = new Uint8Array([...data, ...crypto.sha256(clientBytes)]);
  return crypto.verifyBytes(key.algorithm, key.publicKey, signed, signature);
}

function isOfSite(data: Uint8Array, rpId: string, crypto: Crypto): boolean {
  if (data.length < AUTHENTICATOR_DATA_BYTES) return false;
  const site = crypto.sha256(rpId);
  if (!site.every((byte, index) => data[index] === byte)) return false;
  const flags = data[FLAGS_AT] ?? 0;
  return (flags & USER_PRESENT) !== 0 && (flags & USER_VERIFIED) !== 0;
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
