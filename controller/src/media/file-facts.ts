import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";

export async function sha256OfFile(path: string): Promise<Sha256> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return sha256.parse(hash.digest("hex"));
}

export async function sizeOfFile(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Bytes that a plain user may still write in the folder's file system. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
