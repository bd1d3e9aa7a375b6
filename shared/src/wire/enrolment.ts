import { z } from "zod";
import { boxId, clusterId } from "../kernel/ids.ts";
import { MAX_CHAIN, signedRoster } from "../trust/roster.ts";

/**
 * A claim code: 16 characters of Crockford's base32 (80 bit) and one check character, shown in groups. Single use,
 * valid 72 h, names one cluster.
 */
export const claimCode = z
  .string()
  .transform((text) => text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1"))
  .pipe(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{17}$/, "16 characters and a check character"));

export const CLAIM_VALID_MS = 72 * 3_600_000;

/** The common name in the signing request of a box that has no id yet. */
export const NEW_BOX_NAME = "new-box";

/** A certificate or a request for one, PEM. Ours have about 700 characters. */
const pem = (label: string) =>
  z
    .string()
    .max(4_096)
    .regex(
      new RegExp(`^-----BEGIN ${label}-----[A-Za-z0-9+/=\\s]+-----END ${label}-----\\s*$`),
      `PEM: ${label}`,
    );
export const signingRequest = pem("CERTIFICATE REQUEST");
const certificate = pem("CERTIFICATE");

/** What a box posts to `/api/v1/enrol`. The keys are made on the box and never leave it. */
export const enrolRequest = z.object({
  claimCode,
  /** Ed25519 public key of the box, 32 raw bytes as base64url. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** PKCS #10 for `NEW_BOX_NAME` with a key on P-256; needed wherever boxes come in by certificate. */
  csr: signingRequest.optional(),
});

/** What a box shows at the doors of the control room, and what it believes there. */
export const boxCertificate = z.object({
  certificate,
  /** Root of the authority that signed it. */
  authority: certificate,
  /** Whose certificates the doors show: of that authority only, or of the public ones too. */
  trust: z.enum(["own", "own-and-public"]),
});
export type BoxCertificate = z.infer<typeof boxCertificate>;

/** Lower-case hex of a certificate's serial number, without leading zeros. */
export const certificateSerial = z.string().regex(/^[1-9a-f][0-9a-f]{0,39}$/);

/** What a box posts to `/api/v1/renew` for its next certificate. */
export const renewRequest = z.object({
  box: boxId,
  /** Serial of the certificate that it has. */
  replaces: certificateSerial,
  /** PKCS #10 whose common name is the box id. */
  csr: signingRequest,
  /** By the box's own key, over `renewalText`. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type RenewRequest = z.infer<typeof renewRequest>;

/** What the box signs. A JWS never begins like this, so neither signature can stand for the other. */
export function renewalText({ box, replaces, csr }: Omit<RenewRequest, "signature">): string {
  return `loa-renew-1\n${box}\n${replaces}\n${csr}`;
}

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
  rosters: z.array(signedRoster).max(MAX_CHAIN).optional(),
  /** Null: the request came without one, or this control room gives none. */
  tls: boxCertificate.nullable().default(null),
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
