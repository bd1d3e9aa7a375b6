import type { SigningKey } from "@loa/shared/kernel/ambient.ts";
import { type KeyPair, newKeyPair, publicKeyOf } from "@loa/shared/node/node-crypto.ts";
import { readSecret, writeFirstSecret } from "./secret-file.ts";

/**
 * The controller's online key, made at the first start. A file that is there and unreadable or broken ends the
 * start: a new key would make every box of the province deaf.
 */
export async function openKeyFile(path: string): Promise<KeyPair> {
  const known = await readSecret(path);
  if (known === null) return await makeKey(path);
  const privateKey = known.trim() as SigningKey;
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** Durable before it is used. */
async function makeKey(path: string): Promise<KeyPair> {
  const pair = newKeyPair();
  await writeFirstSecret(path, `${pair.privateKey}\n`);
  return pair;
}
