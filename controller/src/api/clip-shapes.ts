import { z } from "@hono/zod-openapi";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { jobPhases } from "../ingest-jobs.ts";
import { dialects } from "../media/speech/dialect.ts";
import type { ListedClip } from "../store/clips.ts";
import type { Database } from "../store/database.ts";
import { keptOriginals } from "../store/originals.ts";
import { renditionKind, renditionsOfClips } from "../store/renditions.ts";
import { speechOfClips } from "../store/speech.ts";

export const speechShape = z
  .object({ spoken: z.string(), dialect: z.enum(dialects), rate: z.number().int() })
  .openapi("Speech", { description: "What a machine says in a clip, word for word" });

export const clipShape = z
  .object({
    sha256,
    sizeBytes: z.number().int(),
    durationMs: z.number().int(),
    loudnessLufs: z.number(),
    truePeakDb: z.number(),
    gainDb: z.number(),
    trimmedStartMs: z.number().int(),
    trimmedEndMs: z.number().int(),
    waveform: z.array(z.number()).readonly(),
    renditions: z.array(z.object({ kind: renditionKind, sha256, sizeBytes: z.number().int() })).readonly(),
    hasOriginal: z.boolean(),
    fileName: z.string(),
    createdAt: instant,
    written: z.string().nullable(),
    speech: speechShape.nullable(),
  })
  .openapi("Clip", {
    description:
      "`written` is what one typed oneself, where the clip is that text read aloud. Sizes and hash are those of the base rendition. The gain is what a box adds to bring the clip to the target " +
      "loudness; silence that was cut away at the ends is told in ms.",
  });
export type ShownClip = z.infer<typeof clipShape>;

export const jobShape = z
  .object({
    phase: z.enum(jobPhases),
    percent: z.number().int().min(0).max(100),
    clip: sha256.nullable(),
    code: z.string().nullable(),
  })
  .openapi("IngestJob", {
    description: "`percent` is of everything behind the upload itself; `code` is the literal of a refusal.",
  });

export async function shownClips(db: Database, clips: readonly ListedClip[]): Promise<readonly ShownClip[]> {
  const renditions = await renditionsOfClips(
    db,
    clips.map((one) => one.sha256),
  );
  const speech = await speechOfClips(
    db,
    clips.map((one) => one.sha256),
  );
  const kept = await keptOriginals(
    db,
    clips.map((one) => one.sourceSha256),
  );
  return clips.map(({ sourceSha256, ...clip }) => ({
    ...clip,
    renditions: renditions.get(clip.sha256) ?? [],
    hasOriginal: kept.has(sourceSha256),
    speech: speech.get(clip.sha256) ?? null,
  }));
}
