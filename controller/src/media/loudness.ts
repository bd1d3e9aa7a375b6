import { MAX_GAIN_DB, MAX_TRUE_PEAK_DB } from "./media-limits.ts";

/** Of the source mixed to mono, over its whole length. */
export interface Loudness {
  /** EBU R128 integrated loudness. */
  readonly lufs: number;
  readonly truePeakDb: number;
}

/** The gain that brings a clip to the target, or as near as its true peak and its hiss allow; dB, rounded to 0.01. */
export function gainToTarget(measured: Loudness, targetLufs: number): number {
  const gainDb = Math.min(targetLufs - measured.lufs, MAX_TRUE_PEAK_DB - measured.truePeakDb, MAX_GAIN_DB);
  return Math.round(gainDb * 100) / 100;
}
