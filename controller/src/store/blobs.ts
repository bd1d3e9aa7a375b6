import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { BlobFailure, Blobs } from "../ports.ts";
import { isDiskFull } from "./disk-full.ts";

/** Files named by their hash, in 256 folders. Two writers of the same hash write the same bytes. */
export async function openBlobs(folder: string): Promise<Blobs> {
  const incoming = join(folder, "incoming");
  // What lies there was being written when the power went: nothing refers to it.
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  let written = 0;

  async function keep(
    sha256: Sha256,
    write: (path: string) => Promise<void>,
  ): Promise<Result<void, BlobFailure>> {
    written += 1;
    const draft = join(incoming, `${sha256}-${written}`);
    try {
      await write(draft);
      await moveDurably(draft, pathOf(folder, sha256));
      return ok(undefined);
    } catch (error) {
      await rm(draft, { force: true });
      return fail(isDiskFull(error) ? "disk-full" : "io");
    }
  }

  return {
    async put(sha256, path) {
      const kept = await keep(sha256, (draft) => moveFile(path, draft));
      await rm(path, { force: true });
      return kept;
    },
    putText: (sha256, text) => keep(sha256, (draft) => writeFile(draft, text)),
    async size(sha256) {
      const found = await stat(pathOf(folder, sha256)).catch(() => null);
      return found === null ? null : found.size;
    },
    async remove(sha256) {
      await rm(pathOf(folder, sha256), { force: true });
    },
    read(sha256, start, end) {
      if (end <= start) return new Blob([]).stream();
      // `end` of Node is inclusive. The stream's chunks are Buffers, which are Uint8Arrays.
      const file = createReadStream(pathOf(folder, sha256), { start, end: end - 1 });
      return Readable.toWeb(file) as ReadableStream<Uint8Array>;
    },
  };
}

function pathOf(folder: string, sha256: Sha256): string {
  return join(folder, sha256.slice(0, 2), sha256);
}

/** Within one disk this costs nothing; from another one (a temporary folder in memory) the bytes are copied. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isOtherDisk(error)) throw error;
    await copyFile(from, to);
  }
}

/** Bytes first, then the name, then the folder that holds the name: a power cut leaves all of it or nothing. */
async function moveDurably(draft: string, path: string): Promise<void> {
  await syncPath(draft, "r+");
  const made = await mkdir(dirname(path), { recursive: true });
  if (made !== undefined) await syncPath(dirname(dirname(path)), "r");
  await rename(draft, path);
  await syncPath(dirname(path), "r");
}

async function syncPath(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isOtherDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EXDEV";
}
