import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { audioFileEnd } from "@loa/shared/node/audio-file-end.ts";
import { type FfmpegEnd, type FfmpegTool, runFfmpeg } from "./ffmpeg-job.ts";
import { MAX_CHANNELS, MAX_DURATION_MS, MAX_SAMPLE_RATE_HZ, MIN_SAMPLE_RATE_HZ } from "./media-limits.ts";
import type { IngestDetail, IngestFailure, IngestRefusal } from "./media-port.ts";

/** What a file says of itself, checked against our limits, before anybody decodes all of it. */
export interface SourceFacts {
  readonly channels: number;
  /** Null when the container does not say. */
  readonly declaredMs: number | null;
  /** The container says that it goes on behind the end of the file. */
  readonly isCut: boolean;
}

/** Decodes the first frames: headers lie, frames that decode do not. */
export async function checkSource(
  tool: FfmpegTool,
  path: string,
): Promise<Result<SourceFacts, IngestRefusal>> {
  const isCut = audioFileEnd(path) === "cut";
  const facts = await probe(tool, path, isCut);
  // An MP4 that was cut before its index has no frame that could be decoded.
  const isHeadless = !facts.ok && isCut && facts.error.reason === "not-audio";
  return isHeadless ? refuse("truncated", brokeAt(0)) : facts;
}

async function probe(
  tool: FfmpegTool,
  path: string,
  isCut: boolean,
): Promise<Result<SourceFacts, IngestRefusal>> {
  const end = await runFfmpeg({
    tool,
    inputPath: path,
    inputKind: "anything",
    options: ["-t", "0.2", "-af", "ashowinfo"],
    output: "discard",
    durationMs: 0,
  });
  const { channels, sampleRateHz, declaredMs } = end.ok ? end.value : end.error.notes;
  if (channels === null || sampleRateHz === null) return refuse(end.ok ? "not-audio" : sourceFailure(end));
  if (channels > MAX_CHANNELS) return refuse("too-many-channels", limit(channels, MAX_CHANNELS));
  if (sampleRateHz < MIN_SAMPLE_RATE_HZ)
    return refuse("bad-sample-rate", limit(sampleRateHz, MIN_SAMPLE_RATE_HZ));
  if (sampleRateHz > MAX_SAMPLE_RATE_HZ)
    return refuse("bad-sample-rate", limit(sampleRateHz, MAX_SAMPLE_RATE_HZ));
  if (declaredMs !== null && declaredMs > MAX_DURATION_MS) {
    return refuse("too-long", limit(declaredMs / 1_000, MAX_DURATION_MS / 1_000));
  }
  if (!end.ok) return refuse(sourceFailure(end));
  return ok({ channels, declaredMs, isCut });
}

/** ffmpeg ran and failed on this file: it is not what it says it is. */
export function sourceFailure(end: Extract<FfmpegEnd, { ok: false }>): IngestFailure {
  return end.error.reason === "failed" ? "not-audio" : end.error.reason;
}

export function refuse(
  reason: IngestFailure,
  detail: IngestDetail | null = null,
): { readonly ok: false; readonly error: IngestRefusal } {
  return fail({ reason, detail });
}

/** Bytes, seconds, channels or hertz, as the reason says. */
export function limit(value: number, bound: number): IngestDetail {
  return { kind: "limit", value, limit: bound };
}

export function brokeAt(ms: number): IngestDetail {
  return { kind: "broke-at", second: Math.round(ms / 10) / 100 };
}
