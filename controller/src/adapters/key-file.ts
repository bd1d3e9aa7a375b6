import { chmod, link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { SigningKey } from "@loa/shared/kernel/ambient.ts";
import { type KeyPair, newKeyPair, publicKeyOf } from "@loa/shared/node/node-crypto.ts";

/** Nobody but the controller's own account reads its key. */
const OWNER_ONLY = 0o600;

/**
 * The controller's online key, made at the first start. A file that is there and unreadable or broken ends the
 * start: a new key would make every box of the province deaf.
 */
export async function openKeyFile(path: string): Promise<KeyPair> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const known = await readIfThere(path);
  if (known === null) return await writeNew(path);
  await chmod(path, OWNER_ONLY);
  const privateKey = known.trim() as SigningKey;
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** Durable under its name before it is used: a link appears whole or not at all, and never replaces a key. */
async function writeNew(path: string): Promise<KeyPair> {
  const pair = newKeyPair();
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, "wx", OWNER_ONLY);
  try {
    await file.writeFile(`${pair.privateKey}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, path);
  await rm(draft);
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return pair;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
