import { toDb } from "./level.ts";
import type { Recording } from "./recording.ts";

/** Amplitude of one tone, dBFS of its peak: a full-scale sine has 0 (Goertzel 1958, generalised to any frequency). */
export function toneDb(recording: Recording, frequencyHz: number): number {
  const { samples, sampleRateHz } = recording;
  if (samples.length === 0) return toDb(0);
  const radians = (2 * Math.PI * frequencyHz) / sampleRateHz;
  const coefficient = 2 * Math.cos(radians);
  let last = 0;
  let beforeLast = 0;
  for (const sample of samples) {
    const next = sample + coefficient * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return toDb((2 * Math.sqrt(Math.max(0, power))) / samples.length);
}
