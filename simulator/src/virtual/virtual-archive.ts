import type { IngestedClip, IngestRefusal, Media } from "@loa/controller/media/media-port.ts";
import type { Voice } from "@loa/controller/media/speech/voice-port.ts";
import type { Blobs } from "@loa/controller/ports.ts";
import type { Uploads } from "@loa/controller/uploads.ts";
import type { Crypto } from "@loa/shared/kernel/ambient.ts";
import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { readVirtualClip } from "./virtual-clip.ts";

/** The disk of the controller: it outlives every kill. Files are known by path, blobs by their hash. */
export interface VirtualArchive {
  readonly blobs: Blobs;
  readonly uploads: Uploads;
  readonly media: Media;
  readonly voice: Voice;
}

const TARGET_LUFS = -16;

export function createVirtualArchive(crypto: Crypto): VirtualArchive {
  const files = new Map<string, Uint8Array>();
  const stored = new Map<Sha256, Uint8Array>();
  let uploaded = 0;

  const uploads: Uploads = {
    async receive(body, limitBytes) {
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      if (bytes.length === 0) return fail("empty");
      if (bytes.length > limitBytes) return fail("too-large");
      uploaded += 1;
      const path = `/uploads/${uploaded}`;
      files.set(path, bytes);
      return ok({ path, sizeBytes: bytes.length, remove: async () => void files.delete(path) });
    },
  };

  const blobs: Blobs = {
    async put(hash, path) {
      const bytes = files.get(path);
      if (bytes === undefined) return fail("io");
      stored.set(hash, bytes);
      return ok(undefined);
    },
    async putText(hash, text) {
      stored.set(hash, new TextEncoder().encode(text));
      return ok(undefined);
    },
    async remove(hash) {
      stored.delete(hash);
    },
    size: async (hash) => stored.get(hash)?.length ?? null,
    read(hash, start, end) {
      const bytes = stored.get(hash)?.subarray(start, end) ?? new Uint8Array();
      return new ReadableStream({
        start(controller) {
          if (bytes.length > 0) controller.enqueue(bytes);
          controller.close();
        },
      });
    },
  };

  const media: Media = {
    async ingest({ path }): Promise<Result<IngestedClip, IngestRefusal>> {
      const bytes = files.get(path);
      const clip = bytes === undefined ? null : readVirtualClip(bytes);
      if (bytes === undefined || clip === null) return fail({ reason: "not-audio", detail: null });
      const hash = sha256.parse(crypto.sha256Hex(bytes));
      const converted = `${path}.clip`;
      files.set(converted, bytes);
      return ok({
        sha256: hash,
        sizeBytes: bytes.length,
        durationMs: clip.durationMs,
        loudnessLufs: clip.rmsDb,
        truePeakDb: clip.rmsDb + 12,
        gainDb: Math.min(TARGET_LUFS - clip.rmsDb, 24),
        targetLufs: TARGET_LUFS,
        trimmed: { startMs: 0, endMs: 0 },
        waveform: [0.5],
        renditions: [{ kind: "mp3-64", sha256: hash, sizeBytes: bytes.length, path: converted }],
        sourceSha256: hash,
      });
    },
    // Every area takes the base rendition there.
    encode: async () => fail({ reason: "tool-missing", detail: null }),
  };

  const voice: Voice = {
    // Nobody types there.
    speak: async () => fail("failed"),
  };

  return { blobs, uploads, media, voice };
}
