import type { Recording } from "./recording.ts";

const SILENCE_DB = -120;

/** Root mean square against full scale, dBFS: a full-scale sine has −3.01. */
export function rmsDb(recording: Recording): number {
  let sum = 0;
  for (const sample of recording.samples) sum += sample * sample;
  return toDb(Math.sqrt(sum / Math.max(1, recording.samples.length)));
}

/** Highest sample, dBFS. */
export function peakDb(recording: Recording): number {
  let peak = 0;
  for (const sample of recording.samples) peak = Math.max(peak, Math.abs(sample));
  return toDb(peak);
}

export function toDb(amplitude: number): number {
  return amplitude <= 0 ? SILENCE_DB : Math.max(SILENCE_DB, 20 * Math.log10(amplitude));
}
