import { randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { freeBytesOf } from "../media/file-facts.ts";
import { DISK_RESERVE_BYTES } from "../media/media-limits.ts";
import { isDiskFull } from "../store/disk-full.ts";
import type { UploadFailure, Uploads } from "../uploads.ts";

/** What a sender must keep up, and the room that must be left. */
export interface UploadLimits {
  /** A sender that is silent for this long has gone. */
  readonly silenceMs: number;
  /** From here on the pace counts. */
  readonly graceMs: number;
  /** Over all the time so far. A poor modem does ten times as much, and 200 MiB would still take all day. */
  readonly leastBytesPerSecond: number;
  readonly freeBytes: (folder: string) => Promise<number>;
}

const LIMITS: UploadLimits = {
  silenceMs: 30 * SECOND_MS,
  graceMs: MINUTE_MS,
  leastBytesPerSecond: 2_048,
  freeBytes: freeBytesOf,
};

/** Temporary files in one folder, which is emptied at the start: a crash leaves half an upload there. */
export async function openUploads(folder: string, changed: Partial<UploadLimits> = {}): Promise<Uploads> {
  const limits = { ...LIMITS, ...changed };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return {
    async receive(body, limitBytes, announcedBytes = 0) {
      if ((await limits.freeBytes(folder)) < announcedBytes + DISK_RESERVE_BYTES) {
        await body.cancel().catch(() => undefined);
        return fail("disk-full");
      }
      const path = join(folder, randomUUID());
      const remove = () => rm(path, { force: true });
      const received = await writeTo(path, body, limitBytes, limits);
      if (received.ok) return ok({ path, sizeBytes: received.value, remove });
      await remove();
      return received;
    },
  };
}

async function writeTo(
  path: string,
  body: ReadableStream<Uint8Array>,
  limitBytes: number,
  limits: UploadLimits,
): Promise<Result<number, UploadFailure>> {
  const reader = body.getReader();
  const file = await open(path, "wx");
  const begunAt = performance.now();
  let sizeBytes = 0;
  try {
    for (;;) {
      const part = await nextPart(reader, limits.silenceMs);
      if (part === "interrupted") return fail("interrupted");
      if (part === "end") return sizeBytes === 0 ? fail("empty") : ok(sizeBytes);
      sizeBytes += part.length;
      if (sizeBytes > limitBytes) return fail("too-large");
      if (isTooSlow(sizeBytes, performance.now() - begunAt, limits)) return fail("too-slow");
      await file.writeFile(part);
    }
  } catch (error) {
    return fail(isDiskFull(error) ? "disk-full" : "io");
  } finally {
    await file.close();
    // Also after a refusal: whoever announced 4 GB shall not go on sending them.
    await reader.cancel().catch(() => undefined);
  }
}

/** Whoever sends a byte a second is never silent, and would hold a file open for years. */
function isTooSlow(sizeBytes: number, tookMs: number, { graceMs, leastBytesPerSecond }: UploadLimits) {
  return tookMs > graceMs && sizeBytes * SECOND_MS < leastBytesPerSecond * tookMs;
}

async function nextPart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  silenceMs: number,
): Promise<Uint8Array | "end" | "interrupted"> {
  const silence = Promise.withResolvers<"interrupted">();
  const timer = setTimeout(() => silence.resolve("interrupted"), silenceMs);
  try {
    const part = await Promise.race([reader.read(), silence.promise]);
    if (part === "interrupted") return part;
    return part.done ? "end" : part.value;
  } catch {
    return "interrupted";
  } finally {
    clearTimeout(timer);
  }
}
