import { findChirps } from "./find-chirp.ts";
import { findPattern } from "./find-pattern.ts";
import { durationMs, type Recording, slice } from "./recording.ts";

export interface ChirpOffset {
  /** When the first recording has it. */
  readonly at: number;
  /** How much later the second recording has it, ms. */
  readonly offsetMs: number;
}

/** For every chirp of the first the nearest one of the second within `withinMs`: how far two loudspeakers are apart. */
export function chirpOffsets(first: Recording, second: Recording, withinMs: number): readonly ChirpOffset[] {
  const others = findChirps(second).map((one) => one.at);
  return findChirps(first).flatMap(({ at }) => {
    const offsets = others.map((other) => other - at).filter((offset) => Math.abs(offset) <= withinMs);
    const nearest = offsets.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
    return nearest === undefined ? [] : [{ at, offsetMs: nearest }];
  });
}

/**
 * How much later (ms) the second has what the first has from `fromAt` to `toAt`, whatever sound it is, looking `withinMs` on
 * both sides; null when they are not alike. A steady tone has no answer: it fits at every period.
 */
export function offsetMs(
  first: Recording,
  second: Recording,
  part: { readonly fromAt: number; readonly toAt: number; readonly withinMs: number },
): number | null {
  const pattern = slice(first, part.fromAt, part.toAt);
  if (durationMs(pattern) === 0) return null;
  const searched = slice(second, part.fromAt - part.withinMs, part.toAt + part.withinMs);
  const found = findPattern(searched, pattern.samples, { alike: 0.4 });
  return found === null ? null : found.at - pattern.firstSampleAt;
}
