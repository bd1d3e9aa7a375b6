import { FRAMES_PER_MS } from "./format.ts";
import type { SourceOutcome } from "./pcm-source.ts";

/** What is left of a decoder when its process and its pipes are gone. */
export interface DecoderRemains {
  /** `null` when a signal ended it, or when it never ran. */
  readonly exitCode: number | null;
  readonly frames: number;
  readonly offsetMs: number;
  /** Length that the container promises, ms; null when it does not say. */
  readonly declaredMs: number | null;
  /** The container's own end is missing. */
  readonly isCut: boolean;
}

/** Encoder padding and rounding of headers stay below this; a cut shorter than this is not heard as one. */
const LENGTH_TOLERANCE_MS = 300;

/**
 * ffmpeg exits with 0 for a file that stops in the middle, so what came out is compared with what was promised.
 * A failure without a single sample is a file that is not audio: the process itself ran well.
 */
export function outcomeOf(remains: DecoderRemains): SourceOutcome {
  if (remains.exitCode === null) return "decoder-died";
  if (remains.frames === 0 && remains.isCut) return "truncated";
  if (remains.frames === 0) return remains.exitCode === 0 && remains.offsetMs > 0 ? "complete" : "not-audio";
  if (remains.exitCode !== 0) return "decoder-died";
  if (remains.isCut) return "truncated";
  if (remains.declaredMs === null) return "complete";
  const missingMs = remains.declaredMs - remains.offsetMs - remains.frames / FRAMES_PER_MS;
  return missingMs > LENGTH_TOLERANCE_MS ? "truncated" : "complete";
}

/**
 * The length in ffmpeg's description of its input (`Duration: 00:03:20.05`), ms. Null where it is missing, `N/A`,
 * or where ffmpeg says that it only guessed from the size of the file.
 */
export function declaredMsOf(stderr: string): number | null {
  if (stderr.includes("Estimating duration from bitrate")) return null;
  const match = /Duration: (\d+):(\d\d):(\d\d\.\d+)/.exec(stderr);
  if (match === null) return null;
  const [, hours, minutes, seconds] = match;
  return Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000);
}
