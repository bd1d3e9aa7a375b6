import { toneDb } from "./goertzel.ts";
import { durationMs, type Recording, slice } from "./recording.ts";

const STEP_MS = 0.25;

/**
 * When a tone of at least `loudDb` (dBFS of its peak) is first heard, also over another programme: the middle of the first
 * window of `windowMs` in which it has half its amplitude, so a hard start is found to about ± 0.5 ms, and a fade-in where it
 * is half done. Null when it is not heard. (A known siren is found to the sample by `findPattern`.)
 */
export function toneOnset(
  recording: Recording,
  frequencyHz: number,
  loudDb: number,
  windowMs = 10,
): number | null {
  const endAt = recording.firstSampleAt + durationMs(recording);
  const halfDb = loudDb - 6.02;
  for (let at = recording.firstSampleAt; at + 2 * windowMs <= endAt; at += STEP_MS) {
    if (toneDb(slice(recording, at, at + windowMs), frequencyHz) < halfDb) continue;
    // A click has every frequency for a moment: a tone stays.
    if (toneDb(slice(recording, at + windowMs, at + 2 * windowMs), frequencyHz) < halfDb) continue;
    return at + windowMs / 2;
  }
  return null;
}
