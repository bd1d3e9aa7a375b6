import { createHash } from "node:crypto";
import { approveWith, newSoftwareKey, publicKeyOfSoftware } from "@loa/shared/node/software-authenticator.ts";
import type { KeyAlgorithm } from "@loa/shared/trust/keys.ts";

/** A passkey without hardware, as a browser hands its answers to a page (W3C Web Authentication Level 3, 5.1). */
export interface SoftwarePasskey {
  readonly credentialId: string;
  readonly cosePublicKey: Uint8Array<ArrayBuffer>;
  /** For options of `POST /api/v1/passkeys/options`; `changed` are the flags in place of «there, verified, new key». */
  register(options: { readonly challenge: string }, flags?: number): object;
  /** For a challenge in base64url, as it stands in options. */
  sign(options: { readonly challenge: string }, userHandle?: string): object;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const KEY_ENCLOSED = 0x40;

export function softwarePasskey(
  algorithm: KeyAlgorithm = "ES256",
  { rpId, origin }: { readonly rpId: string; readonly origin: string } = site,
): SoftwarePasskey {
  const key = newSoftwareKey(rpId, origin, algorithm);
  const bare = Buffer.from(publicKeyOfSoftware(key), "base64url");
  const cosePublicKey = algorithm === "ES256" ? coseP256(bare) : coseEd25519(bare);
  const id = Buffer.from(key.credential, "base64url");
  return {
    credentialId: key.credential,
    cosePublicKey: new Uint8Array(cosePublicKey),
    register({ challenge }, flags = PRESENT | VERIFIED | KEY_ENCLOSED) {
      const clientData = { type: "webauthn.create", challenge, origin, crossOrigin: false };
      const head = Buffer.from([flags, 0, 0, 0, 0]);
      const maker = Buffer.alloc(16);
      const length = Buffer.from([id.length >> 8, id.length & 255]);
      const site32 = createHash("sha256").update(rpId).digest();
      const authData = Buffer.concat([site32, head, maker, length, id, cosePublicKey]);
      return answerOf(key.credential, {
        clientDataJSON: Buffer.from(JSON.stringify(clientData)).toString("base64url"),
        attestationObject: attestation(authData).toString("base64url"),
        transports: ["internal"],
      });
    },
    sign({ challenge }, userHandle) {
      const { authenticatorData, clientDataJSON, signature } = approveWith(key, "k", challenge);
      const handle = userHandle === undefined ? {} : { userHandle };
      return answerOf(key.credential, { authenticatorData, clientDataJSON, signature, ...handle });
    },
  };
}

const site = { rpId: "localhost", origin: "http://localhost:8080" };

function answerOf(id: string, response: object): object {
  return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
}

/** CBOR of `{fmt: "none", attStmt: {}, authData}`. */
function attestation(authData: Buffer): Buffer {
  const text = (word: string) => Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
  const size = Buffer.from([0x59, authData.length >> 8, authData.length & 255]);
  const parts = [
    text("fmt"),
    text("none"),
    text("attStmt"),
    Buffer.from([0xa0]),
    text("authData"),
    size,
    authData,
  ];
  return Buffer.concat([Buffer.from([0xa3]), ...parts]);
}

/** RFC 9053, 7.1.1: kty EC2, alg ES256, crv P-256, x, y. */
function coseP256(bare: Buffer): Buffer {
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
  return Buffer.concat([head, bare.subarray(0, 32), Buffer.from([0x22, 0x58, 0x20]), bare.subarray(32)]);
}

/** RFC 9053, 7.2: kty OKP, alg EdDSA, crv Ed25519, x. */
function coseEd25519(bare: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]), bare]);
}
