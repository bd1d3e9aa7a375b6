import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BASE_RENDITION, type RenditionKind } from "@loa/controller/domain/rendition.ts";
import { DEFAULT_TARGET_LUFS } from "@loa/controller/media/media-limits.ts";
import type { MadeRendition, Media } from "@loa/controller/media/media-port.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";

export const FAKE_CLIP_LUFS = -19;

/**
 * Takes text files for audio: `sound of 20 s` is a clip of 20 s, everything else is not audio. The base rendition is
 * the text itself; any other begins with its kind.
 */
export function createFakeMedia(folder: string): Media {
  async function made(text: string, kind: RenditionKind): Promise<MadeRendition> {
    const bytes = Buffer.from(kind === BASE_RENDITION ? text : `${kind} of ${text}`);
    const name = sha256.parse(nodeCrypto.sha256Hex(bytes));
    const path = join(folder, name);
    await writeFile(path, bytes);
    return { kind, sha256: name, sizeBytes: bytes.length, path };
  }

  return {
    async ingest({ path, kinds = [], targetLufs = DEFAULT_TARGET_LUFS, onProgress }) {
      onProgress?.({ phase: "decoding", share: 0.5 });
      const text = (await readFile(path)).toString();
      const seconds = /^sound of (\d+) s/.exec(text)?.[1];
      if (seconds === undefined) return fail({ reason: "not-audio", detail: null });
      const base = await made(text, BASE_RENDITION);
      const others: MadeRendition[] = [];
      for (const kind of kinds) others.push(await made(text, kind));
      return ok({
        sha256: base.sha256,
        sizeBytes: base.sizeBytes,
        durationMs: Number(seconds) * 1_000,
        loudnessLufs: FAKE_CLIP_LUFS,
        truePeakDb: -3,
        gainDb: targetLufs - FAKE_CLIP_LUFS,
        targetLufs,
        trimmed: { startMs: 0, endMs: 0 },
        waveform: [0, 1, 0],
        renditions: [base, ...others],
        sourceSha256: base.sha256,
      });
    },
    encode: async ({ path, kind }) => ok(await made((await readFile(path)).toString(), kind)),
  };
}
