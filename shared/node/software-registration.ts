import { createHash } from "node:crypto";
import { publicKeyOfSoftware, type SoftwareKey } from "./software-authenticator.ts";

/** What `navigator.credentials.create` would have answered, in base64url (W3C Web Authentication Level 3, 5.1). */
export interface Registration {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly string[];
  };
}

/** The person is there, was verified, and a new key is enclosed. */
export const NEW_KEY_FLAGS = 0x45;
const AAGUID_BYTES = 16;

/** Registers a key in software, with no attestation of who made it. */
export function registrationOf(key: SoftwareKey, challenge: string, flags = NEW_KEY_FLAGS): Registration {
  const { credential, origin, rpId } = key;
  const clientData = JSON.stringify({ type: "webauthn.create", challenge, origin, crossOrigin: false });
  const id = Buffer.from(credential, "base64url");
  const authData = Buffer.concat([
    createHash("sha256").update(rpId).digest(),
    Buffer.from([flags, 0, 0, 0, 0]),
    Buffer.alloc(AAGUID_BYTES),
    Buffer.from([id.length >> 8, id.length & 255]),
    id,
    coseKeyOf(key),
  ]);
  return {
    id: credential,
    rawId: credential,
    type: "public-key",
    response: {
      clientDataJSON: Buffer.from(clientData).toString("base64url"),
      attestationObject: attestation(authData).toString("base64url"),
      transports: ["internal"],
    },
  };
}

/** COSE_Key of the public half (RFC 9053, 7.1.1 and 7.2). */
export function coseKeyOf(key: SoftwareKey): Buffer<ArrayBuffer> {
  const bare = Buffer.from(publicKeyOfSoftware(key), "base64url");
  return key.algorithm === "ES256" ? coseP256(bare) : coseEd25519(bare);
}

/** CBOR of `{fmt: "none", attStmt: {}, authData}`. */
function attestation(authData: Buffer): Buffer {
  const text = (word: string) => Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
  const size = Buffer.from([0x59, authData.length >> 8, authData.length & 255]);
  const nothing = Buffer.from([0xa0]);
  const parts = [text("fmt"), text("none"), text("attStmt"), nothing, text("authData"), size, authData];
  return Buffer.concat([Buffer.from([0xa3]), ...parts]);
}

/** kty EC2, alg ES256, crv P-256, x, y. */
function coseP256(bare: Buffer): Buffer<ArrayBuffer> {
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
  return Buffer.concat([head, bare.subarray(0, 32), Buffer.from([0x22, 0x58, 0x20]), bare.subarray(32)]);
}

/** kty OKP, alg EdDSA, crv Ed25519, x. */
function coseEd25519(bare: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.from([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]), bare]);
}
