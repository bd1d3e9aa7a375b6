import { rm } from "node:fs/promises";
import { ok, type Result } from "@loa/shared/kernel/result.ts";
import type { RenditionKind } from "../domain/rendition.ts";
import { encoders } from "./encoders.ts";
import { type FfmpegJob, type FfmpegTool, runFfmpeg } from "./ffmpeg-job.ts";
import { sha256OfFile, sizeOfFile } from "./file-facts.ts";
import { CLIP_SAMPLE_RATE_HZ } from "./media-limits.ts";
import type { IngestRefusal, MadeRendition } from "./media-port.ts";
import { createFrameCounter } from "./pcm-outline.ts";
import { refuse, sourceFailure } from "./source-check.ts";

export const FRAMES_A_MS = CLIP_SAMPLE_RATE_HZ / 1_000;

export interface EncodeWish {
  readonly from: Pick<FfmpegJob, "inputPath" | "inputKind">;
  /** Brings what is in the file to mono and 48 kHz, where it is not yet. */
  readonly filters: readonly string[];
  readonly startMs: number;
  readonly durationMs: number;
  readonly kind: RenditionKind;
  /** Without its extension. */
  readonly path: string;
  readonly onProgress: (share: number) => void;
}

export interface Encoded extends MadeRendition {
  /** What a box will play of it, counted by decoding it. */
  readonly decodedFrames: number;
}

/** A part of a file, to the sample, as one of the ladder. What cannot be finished leaves no file. */
export async function encodeClip(
  tool: FfmpegTool,
  wish: EncodeWish,
): Promise<Result<Encoded, IngestRefusal>> {
  const { options, extension } = encoders[wish.kind];
  const path = `${wish.path}.${extension}`;
  const encoded = await runFfmpeg({
    tool,
    ...wish.from,
    options: ["-af", [...wish.filters, ...cut(wish)].join(","), ...options],
    output: path,
    durationMs: wish.startMs + wish.durationMs,
    onProgress: (ms) => wish.onProgress(Math.min(1, ms / wish.durationMs)),
  });
  const decoded = encoded.ok
    ? await countFrames(tool, path, wish.durationMs)
    : refuse(sourceFailure(encoded));
  if (!decoded.ok) {
    await rm(path, { force: true });
    return decoded;
  }
  return ok({
    kind: wish.kind,
    sha256: await sha256OfFile(path),
    sizeBytes: await sizeOfFile(path),
    path,
    decodedFrames: decoded.value,
  });
}

/** The last begun millisecond is filled up with silence, so that every rendition has the same whole length. */
function cut({ startMs, durationMs }: EncodeWish): readonly string[] {
  const first = startMs * FRAMES_A_MS;
  const length = durationMs * FRAMES_A_MS;
  return [
    `atrim=start_sample=${first}:end_sample=${first + length}`,
    "asetpts=PTS-STARTPTS",
    `apad=whole_len=${length}`,
  ];
}

/** Decodes the finished file as a box will. */
async function countFrames(
  tool: FfmpegTool,
  path: string,
  durationMs: number,
): Promise<Result<number, IngestRefusal>> {
  const counter = createFrameCounter();
  const end = await runFfmpeg({
    tool,
    inputPath: path,
    inputKind: "anything",
    options: ["-ac", "1", "-ar", String(CLIP_SAMPLE_RATE_HZ), "-f", "s16le"],
    output: counter.input,
    durationMs,
  });
  return end.ok ? ok(counter.frames) : refuse(sourceFailure(end));
}
