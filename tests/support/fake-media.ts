import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Media } from "@loa/controller/media/media-port.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";

/** Takes text files for audio: `sound of 20 s` is a clip of 20 s, everything else is not audio. */
export function createFakeMedia(folder: string): Media {
  return {
    async ingest({ path }) {
      const bytes = await readFile(path);
      const seconds = /^sound of (\d+) s/.exec(bytes.subarray(0, 100).toString())?.[1];
      if (seconds === undefined) return fail({ reason: "not-audio", detail: null });
      const name = sha256.parse(nodeCrypto.sha256Hex(bytes));
      const clip = join(folder, name);
      await copyFile(path, clip);
      return ok({
        sha256: name,
        sizeBytes: bytes.length,
        type: "audio/mpeg",
        path: clip,
        durationMs: Number(seconds) * 1_000,
        loudnessLufs: -20,
        truePeakDb: -3,
        gainDb: 3,
        targetLufs: -16,
        waveform: [0, 1, 0],
        sourceSha256: name,
      });
    },
  };
}
