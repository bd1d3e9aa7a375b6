import { randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { isDiskFull } from "../store/disk-full.ts";
import type { UploadFailure, Uploads } from "../uploads.ts";

/** A sender that is silent for this long has gone. */
const SILENCE_LIMIT_MS = 30_000;

/** Temporary files in one folder, which is emptied at the start. */
export async function openUploads(folder: string): Promise<Uploads> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return {
    async receive(body, limitBytes) {
      const path = join(folder, randomUUID());
      const remove = () => rm(path, { force: true });
      const received = await writeTo(path, body, limitBytes);
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
): Promise<Result<number, UploadFailure>> {
  const reader = body.getReader();
  const file = await open(path, "wx");
  let sizeBytes = 0;
  try {
    for (;;) {
      const part = await nextPart(reader);
      if (part === "interrupted") return fail("interrupted");
      if (part === "end") return sizeBytes === 0 ? fail("empty") : ok(sizeBytes);
      sizeBytes += part.length;
      if (sizeBytes > limitBytes) return fail("too-large");
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

async function nextPart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | "end" | "interrupted"> {
  const silence = Promise.withResolvers<"interrupted">();
  const timer = setTimeout(() => silence.resolve("interrupted"), SILENCE_LIMIT_MS);
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
