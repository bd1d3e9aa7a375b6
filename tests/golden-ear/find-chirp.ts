import { type FoundPattern, findPattern, findPatterns } from "./find-pattern.ts";
import type { Recording } from "./recording.ts";

/** A sweep that no speech and no tone resembles: its matched filter has one sharp peak. */
export const CHIRP = { fromHz: 500, toHz: 6_000, durationMs: 200, edgeMs: 5 } as const;

/** The chirp itself, amplitude 1, with soft edges. */
export function chirpSamples(sampleRateHz: number): Float64Array {
  const seconds = CHIRP.durationMs / 1_000;
  const edge = (CHIRP.edgeMs * sampleRateHz) / 1_000;
  const length = Math.round(seconds * sampleRateHz);
  return Float64Array.from({ length }, (_, index) => {
    const t = index / sampleRateHz;
    const phase = 2 * Math.PI * (CHIRP.fromHz * t + ((CHIRP.toHz - CHIRP.fromHz) * t * t) / (2 * seconds));
    return Math.sin(phase) * Math.min(1, index / edge, (length - 1 - index) / edge);
  });
}

/** Where the recording is most like the chirp (amplitude 1 is full scale); null when nothing is like it. */
export function findChirp(recording: Recording): FoundPattern | null {
  return findPattern(recording, chirpOf(recording));
}

/** All chirps that are heard, in order; two must not begin within the length of one. */
export function findChirps(recording: Recording): readonly FoundPattern[] {
  return findPatterns(recording, chirpOf(recording), { apartMs: CHIRP.durationMs });
}

/** The samples are the chirp's own, whatever the speed at which the card played them. */
function chirpOf(recording: Recording): Float64Array {
  return chirpSamples(recording.nominalRateHz ?? recording.sampleRateHz);
}
