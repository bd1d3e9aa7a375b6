import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { type Sha256, sha256 as sha256Schema } from "@loa/shared/kernel/ids.ts";

/** Files are hashed in pieces of this: a clip of 200 MB never stands whole in memory. */
const HASH_PIECE_BYTES = 1024 * 1024;

export function partOf(folder: string, sha256: Sha256): string {
  return join(folder, `${sha256}.part`);
}

/** Zero when there is no such file. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What is whole on the disk at start, each file read once and checked: a torn or rotten one goes. */
export function wholeFiles(folder: string, log: Log): readonly Sha256[] {
  return readdirSync(folder).flatMap((name) => {
    const parsed = sha256Schema.safeParse(name);
    if (!parsed.success) return [];
    if (hashNow(join(folder, name)) === name) return [parsed.data];
    log.warn("content.rotten", { sha256: name });
    rmSync(join(folder, name), { force: true });
    return [];
  });
}

/** Null when the medium cannot read it. */
function hashNow(path: string): string | null {
  const hash = createHash("sha256");
  try {
    const handle = openSync(path, "r");
    try {
      feed(hash, handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    return null;
  }
  return hash.digest("hex");
}

function feed(hash: Hash, handle: number): void {
  const piece = Buffer.allocUnsafe(HASH_PIECE_BYTES);
  for (;;) {
    const length = readSync(handle, piece, 0, HASH_PIECE_BYTES, null);
    if (length === 0) return;
    hash.update(piece.subarray(0, length));
  }
}

/** The same without holding up what sounds meanwhile. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: HASH_PIECE_BYTES }), hash);
  return hash.digest("hex");
}

/** The name is given last, so a file under its hash is always whole (toolchain.md, trap 10). */
export function giveName(folder: string, sha256: Sha256): void {
  renameSync(partOf(folder, sha256), join(folder, sha256));
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Whether `moreBytes` fit beside everything else that is there. What others have begun and not finished goes first:
 * it may belong to a plan that is long gone.
 */
export function hasRoom(folder: string, sha256: Sha256, moreBytes: number, budgetBytes: number): boolean {
  const others = readdirSync(folder).filter((name) => name !== `${sha256}.part`);
  const bytesOf = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
  if (bytesOf(others) + moreBytes <= budgetBytes) return true;
  for (const name of others) if (name.endsWith(".part")) rmSync(join(folder, name), { force: true });
  return bytesOf(others) + moreBytes <= budgetBytes;
}
