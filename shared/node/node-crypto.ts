import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import type { Crypto, PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";

/** Parsing a key costs as much as using it once, so parsed ones are kept: a province has about 10,000 boxes. */
const maxParsedKeys = 20_000;
const privateKeys = new Map<SigningKey, KeyObject>();
const publicKeys = new Map<PublicKey, KeyObject>();

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Hashes and Ed25519 (RFC 8032) by OpenSSL. */
export const nodeCrypto: Crypto = {
  sha256Hex: (data) => createHash("sha256").update(data).digest("hex"),

  sign: (privateKey, data) =>
    sign(null, Buffer.from(data, "utf8"), parsedOnce(privateKeys, privateKey, parsePrivateKey)).toString(
      "base64url",
    ),

  verify(publicKey, data, signature) {
    const bytes = bytesOf(signature);
    if (bytes === null) return false;
    try {
      const key = parsedOnce(publicKeys, publicKey, parsePublicKey);
      return verify(null, Buffer.from(data, "utf8"), key, bytes);
    } catch {
      // A key that is none signs nothing.
      return false;
    }
  },

  toBase64Url: (text) => Buffer.from(text, "utf8").toString("base64url"),

  fromBase64Url(encoded) {
    const bytes = bytesOf(encoded);
    if (bytes === null) return null;
    try {
      return strictUtf8.decode(bytes);
    } catch {
      return null;
    }
  },

  sha256: (data) => createHash("sha256").update(data).digest(),

  bytesToBase64Url: (bytes) => Buffer.from(bytes).toString("base64url"),

  bytesFromBase64Url: bytesOf,

  verifyBytes(algorithm, publicKey, data, signature) {
    try {
      const key = algorithm === "EdDSA" ? parsePublicKey(publicKey as PublicKey) : parseP256Key(publicKey);
      return verify(algorithm === "EdDSA" ? null : "sha256", data, key, signature);
    } catch {
      return false;
    }
  },
};

/** As `nodeCrypto.verify`, in libuv's pool of threads; `done` is called once, later, and in no order. */
export function verifyInPool(
  publicKey: PublicKey,
  { data, signature }: { readonly data: string; readonly signature: string },
  done: (isGood: boolean) => void,
): void {
  const bytes = bytesOf(signature);
  const key = bytes === null ? null : keyOrNull(publicKey);
  if (bytes === null || key === null) setImmediate(done, false);
  else verify(null, Buffer.from(data, "utf8"), key, bytes, (error, isGood) => done(error === null && isGood));
}

/** A key that is none signs nothing. */
function keyOrNull(publicKey: PublicKey): KeyObject | null {
  try {
    return parsedOnce(publicKeys, publicKey, parsePublicKey);
  } catch {
    return null;
  }
}

/** Null unless it is the one text for these bytes: else the unused bits of its last character could be turned unnoticed. */
function bytesOf(base64Url: string): Buffer | null {
  const bytes = Buffer.from(base64Url, "base64url");
  return bytes.toString("base64url") === base64Url ? bytes : null;
}

export interface KeyPair {
  readonly privateKey: SigningKey;
  readonly publicKey: PublicKey;
}

/** A new Ed25519 pair from the kernel's chance. */
export function newKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync("ed25519");
  const text = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64url") as SigningKey;
  return { privateKey: text, publicKey: publicKeyOf(text) };
}

/** The public half of a private key. Throws where the text is no PKCS #8 Ed25519 key. */
export function publicKeyOf(privateKey: SigningKey): PublicKey {
  const { x } = createPublicKey(parsePrivateKey(privateKey)).export({ format: "jwk" });
  if (x === undefined) throw new TypeError("not an Ed25519 key");
  return x as PublicKey;
}

function parsePrivateKey(text: SigningKey): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(text, "base64url"), format: "der", type: "pkcs8" });
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("not an Ed25519 key");
  return key;
}

/** RFC 8037: the raw key is the `x` of an OKP key. */
function parsePublicKey(x: PublicKey): KeyObject {
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

/** RFC 7518, 6.2.1: x and y of a P-256 key, 32 bytes each. */
function parseP256Key(text: string): KeyObject {
  const bytes = Buffer.from(text, "base64url");
  const [x, y] = [bytes.subarray(0, 32), bytes.subarray(32)].map((part) => part.toString("base64url"));
  if (bytes.length !== 64 || x === undefined || y === undefined) throw new TypeError("not a P-256 key");
  return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
}

function parsedOnce<Text>(
  known: Map<Text, KeyObject>,
  text: Text,
  parse: (text: Text) => KeyObject,
): KeyObject {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= maxParsedKeys) known.clear();
  const key = parse(text);
  known.set(text, key);
  return key;
}
