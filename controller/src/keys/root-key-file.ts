import { createCipheriv, createDecipheriv, scryptSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { SigningKey } from "@loa/shared/kernel/ambient.ts";
import { newKeyPair, publicKeyOf } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { keyId } from "@loa/shared/trust/keys.ts";
import { z } from "zod";

/** What everybody may see of a root key. */
const rootPublic = z.object({ id: keyId, publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
export type RootPublic = z.infer<typeof rootPublic>;

const hex = z.string().regex(/^[0-9a-f]+$/);
const rootFile = rootPublic.extend({
  kind: z.literal("loa-root-key"),
  secret: z.union([
    z.object({ privateKey: z.string() }),
    z.object({ salt: hex, nonce: hex, tag: hex, sealed: hex }),
  ]),
});

export interface RootKey extends RootPublic {
  readonly privateKey: SigningKey;
}

/** Guessing one passphrase takes a quarter of a second and 128 MiB (RFC 7914). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** NIST SP 800-38D, 8.2.1: 96 bits. */
const NONCE_BYTES = 12;

/** Never over another file: what is in it may be the only one. Empty passphrase: the safe is all its protection. */
export function makeRootKey(path: string, id: string, passphrase: string): RootPublic {
  const { privateKey, publicKey } = newKeyPair();
  const secret = passphrase === "" ? { privateKey } : sealed(privateKey, passphrase);
  const shown = rootPublic.parse({ id, publicKey });
  write(path, { kind: "loa-root-key", ...shown, secret }, 0o600);
  write(`${path}.pub`, shown, 0o644);
  return shown;
}

/** Throws where the file is none, or the passphrase is not the one. */
export function openRootKey(path: string, passphrase: string): RootKey {
  const { id, publicKey, secret } = rootFile.parse(JSON.parse(readFileSync(path, "utf8")));
  const privateKey = (
    "privateKey" in secret ? secret.privateKey : unsealed(secret, passphrase)
  ) as SigningKey;
  if (publicKeyOf(privateKey) !== publicKey) throw new Error(`${path}: its two halves do not fit`);
  return { id, publicKey, privateKey };
}

export function readRootPublic(path: string): RootPublic {
  return rootPublic.parse(JSON.parse(readFileSync(path, "utf8")));
}

function write(path: string, value: object, mode: number): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { flag: "wx", mode, flush: true });
}

function sealed(text: string, passphrase: string) {
  const salt = Buffer.from(nodeRandom.bytes(SALT_BYTES));
  const nonce = Buffer.from(nodeRandom.bytes(NONCE_BYTES));
  const cipher = createCipheriv("aes-256-gcm", scryptSync(passphrase, salt, KEY_BYTES, SCRYPT), nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return {
    salt: salt.toString("hex"),
    nonce: nonce.toString("hex"),
    tag: cipher.getAuthTag().toString("hex"),
    sealed: body.toString("hex"),
  };
}

function unsealed(
  from: { readonly salt: string; readonly nonce: string; readonly tag: string; readonly sealed: string },
  passphrase: string,
): string {
  const [salt, nonce, tag, body] = [from.salt, from.nonce, from.tag, from.sealed].map((one) =>
    Buffer.from(one, "hex"),
  );
  if (salt === undefined || nonce === undefined || tag === undefined || body === undefined)
    throw new TypeError("four parts");
  const key = scryptSync(passphrase, salt, KEY_BYTES, SCRYPT);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  } catch {
    throw new Error("this passphrase does not open the key (LOA_KEYS_PASSPHRASE)");
  }
}
