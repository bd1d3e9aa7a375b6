import { z } from "zod";
import { boxId, clusterId } from "../kernel/ids.ts";
import { signedRoster } from "../trust/roster.ts";

/**
 * A claim code: 16 characters of Crockford's base32 (80 bit) and one check character, shown in groups. Single use,
 * valid 72 h, names one cluster.
 */
export const claimCode = z
  .string()
  .transform((text) => text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1"))
  .pipe(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{17}$/, "16 characters and a check character"));

export const CLAIM_VALID_MS = 72 * 3_600_000;

/** What a box posts to `/api/v1/enrol`. The key is made on the box and never leaves it. */
export const enrolRequest = z.object({
  claimCode,
  /** Ed25519 public key of the box, 32 raw bytes as base64url. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

export const enrolAnswer = z.object({
  box: boxId,
  cluster: clusterId,
  /** For MQTT and for content; shown once, kept hashed by the controller. */
  password: z.string().min(32).max(128),
  mqttUrl: z.url(),
  contentUrl: z.url(),
  /** Keys whose signature the box believes. */
  issuers: z
    .array(
      z.object({ issuer: z.string().min(1).max(64), publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
    )
    .min(1),
  /** The rosters of the province, oldest first; where none is in force the issuers are believed alone. */
  rosters: z.array(signedRoster).max(16).optional(),
  /** Controller time at enrolment, ms: the first floor of the box's clock. */
  at: z.number().int(),
});
export type EnrolAnswer = z.infer<typeof enrolAnswer>;

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Mod-32 weighted sum: catches every single wrong character and nearly every swap of neighbours. */
export function checkCharacter(code: string): string {
  let sum = 0;
  for (let index = 0; index < code.length; index += 1)
    sum += (2 * index + 1) * alphabet.indexOf(code[index] ?? "0");
  return alphabet[sum % 32] ?? "0";
}

/** A new code from 10 random bytes. */
export function claimCodeFrom(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  let code = "";
  for (let index = 0; index < 16; index += 1) {
    code = `${alphabet[Number(bits & 31n)] ?? "0"}${code}`;
    bits >>= 5n;
  }
  return code + checkCharacter(code);
}

/** `ABCD-EFGH-JKMN-PQRS-T`, as it is read aloud. */
export function spokenClaimCode(code: string): string {
  return code.match(/.{1,4}/g)?.join("-") ?? code;
}

export function isClaimCodeWhole(code: string): boolean {
  return code.length === 17 && checkCharacter(code.slice(0, 16)) === code[16];
}
