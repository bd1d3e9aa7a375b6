import { z } from "@hono/zod-openapi";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { jobPhases } from "../ingest-jobs.ts";
import type { ListedClip } from "../store/clips.ts";
import type { Database } from "../store/database.ts";
import { keptOriginals } from "../store/originals.ts";
import { renditionKind, renditionsOfClips } from "../store/renditions.ts";

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
  })
  .openapi("Clip", {
    description:
      "Sizes and hash are those of the base rendition. The gain is what a box adds to bring the clip to the target " +
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
  const kept = await keptOriginals(
    db,
    clips.map((one) => one.sourceSha256),
  );
  return clips.map(({ sourceSha256, ...clip }) => ({
    ...clip,
    renditions: renditions.get(clip.sha256) ?? [],
    hasOriginal: kept.has(sourceSha256),
  }));
}
