import { ok, type Result } from "@loa/shared/kernel/result.ts";
import { createClipMeter } from "./clip-meter.ts";
import { type FfmpegTool, runFfmpeg } from "./ffmpeg-job.ts";
import type { FfmpegNotes } from "./ffmpeg-lines.ts";
import type { Loudness } from "./loudness.ts";
import { CLIP_BITRATE_KBPS, CLIP_SAMPLE_RATE_HZ, MAX_DURATION_MS } from "./media-limits.ts";
import type { IngestRefusal } from "./media-port.ts";
import { refuse, type SourceFacts, sourceFailure } from "./source-check.ts";

export interface MeasuredSource {
  readonly loudness: Loudness;
  /** What was decoded of the source. */
  readonly decodedMs: number;
}

/** EBU R128 needs one block of 400 ms; ffmpeg answers −70 for less, and for silence. */
const NOTHING_MEASURED_LUFS = -70;

/**
 * Decodes the source to its end, once: mixed to mono without gaining level, measured, and encoded with a LAME tag,
 * which makes the clip exact to the sample.
 */
export async function makeClip(
  tool: FfmpegTool,
  sourcePath: string,
  source: SourceFacts,
  clipPath: string,
): Promise<Result<MeasuredSource, IngestRefusal>> {
  const end = await runFfmpeg({
    tool,
    inputPath: sourcePath,
    options: [
      ...["-af", filters(source.channels)],
      // One second more than allowed, so that a file without a length of its own shows that it is too long.
      ...["-t", String(MAX_DURATION_MS / 1_000 + 1)],
      ...["-c:a", "libmp3lame", "-b:a", `${CLIP_BITRATE_KBPS}k`, "-write_xing", "1", "-id3v2_version", "0"],
    ],
    output: clipPath,
    durationMs: source.declaredMs ?? MAX_DURATION_MS,
  });
  if (!end.ok) return refuse(sourceFailure(end));
  const { measuredFrames } = end.value;
  const loudness = loudnessOf(end.value);
  if (loudness === null || measuredFrames === null || measuredFrames === 0) return refuse("not-audio");
  return ok({ loudness, decodedMs: (measuredFrames * 1_000) / CLIP_SAMPLE_RATE_HZ });
}

function filters(channels: number): string {
  // `<` scales the sum back to one, so that loud stereo does not clip on its way to mono.
  const mix = Array.from({ length: channels }, (_, index) => `c${index}`).join("+");
  return [
    `pan=mono|c0<${mix}`,
    `aformat=sample_rates=${CLIP_SAMPLE_RATE_HZ}`,
    "ebur128=peak=true:framelog=verbose",
    "astats",
  ].join(",");
}

function loudnessOf(notes: FfmpegNotes): Loudness | null {
  const { integratedLufs, truePeakDb, rmsDb } = notes;
  if (integratedLufs === null || truePeakDb === null) return null;
  // A bell of 0.3 s is loud but has no R128 value: its RMS is within 1 dB of one for most sounds.
  const lufs = integratedLufs <= NOTHING_MEASURED_LUFS ? (rmsDb ?? integratedLufs) : integratedLufs;
  return { lufs, truePeakDb };
}

export interface ClipFacts {
  readonly durationMs: number;
  readonly waveform: readonly number[];
}

/** Decodes the finished clip as a box will, and counts. */
export async function readClip(
  tool: FfmpegTool,
  clipPath: string,
): Promise<Result<ClipFacts, IngestRefusal>> {
  const meter = createClipMeter();
  const end = await runFfmpeg({
    tool,
    inputPath: clipPath,
    options: ["-ac", "1", "-ar", String(CLIP_SAMPLE_RATE_HZ), "-f", "s16le"],
    output: meter.input,
    durationMs: MAX_DURATION_MS,
  });
  if (!end.ok) return refuse(sourceFailure(end));
  return ok({ durationMs: meter.durationMs, waveform: meter.waveform() });
}
