import { correlation } from "./fourier.ts";
import { type Recording, timeOf } from "./recording.ts";

export interface FoundPattern {
  /** When its first sample is heard, on the recording's clock; to a fraction of a sample. */
  readonly at: number;
  /** Normalised correlation, 1 is a perfect copy. */
  readonly likeness: number;
  /** How loud it is against the pattern itself, 1 is the same. */
  readonly amplitude: number;
}

export interface PatternOptions {
  /** What is less like it is not it. Noise reaches 0.06 for 200 ms of a sweep, a sweep 12 dB under noise 0.24. */
  readonly alike?: number;
  /** Two finds are at least this far apart. */
  readonly apartMs?: number;
}

const ALIKE = 0.2;

/**
 * Everywhere that a known sound (a siren, a chime, a sweep) is heard, also under another programme and at another volume;
 * in order. Of finds too close together the best counts.
 */
export function findPatterns(
  recording: Recording,
  pattern: Float64Array,
  options: PatternOptions = {},
): readonly FoundPattern[] {
  const { alike = ALIKE } = options;
  const apart = ((options.apartMs ?? 100) * recording.sampleRateHz) / 1_000;
  const fits = correlation(recording.samples, pattern);
  const energies = runningEnergy(recording.samples);
  const patternEnergy = pattern.reduce((sum, sample) => sum + sample * sample, 0);
  const likenessAt = (at: number) => {
    const energy = (energies[at + pattern.length] ?? 0) - (energies[at] ?? 0);
    return energy < 1e-6 ? 0 : (fits[at] ?? 0) / Math.sqrt(energy * patternEnergy);
  };
  const peaks: { at: number; likeness: number }[] = [];
  for (let at = 0; at < fits.length; at += 1) {
    const likeness = likenessAt(at);
    if (likeness < alike) continue;
    const last = peaks.at(-1);
    if (last === undefined || at - last.at >= apart) peaks.push({ at, likeness });
    else if (likeness > last.likeness) peaks.splice(-1, 1, { at, likeness });
  }
  return peaks.map(({ at, likeness }) => ({
    at: timeOf(recording, at + peakOffset([fits[at - 1], fits[at], fits[at + 1]])),
    likeness,
    amplitude: (fits[at] ?? 0) / patternEnergy,
  }));
}

/** The place where it is heard best; null when nothing is like it. */
export function findPattern(
  recording: Recording,
  pattern: Float64Array,
  options: PatternOptions = {},
): FoundPattern | null {
  const found = findPatterns(recording, pattern, options);
  return found.toSorted((a, b) => b.likeness - a.likeness)[0] ?? null;
}

/** Where between three neighbours the top of the parabola through them lies, −0.5 … 0.5 of a sample; 0 at an edge. */
export function peakOffset([before, at, after]: readonly (number | undefined)[]): number {
  if (before === undefined || at === undefined || after === undefined) return 0;
  const bend = before - 2 * at + after;
  return bend === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}

/** Sum of squares of the samples before each index. */
function runningEnergy(samples: Float64Array): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  for (let index = 0; index < samples.length; index += 1) {
    sums[index + 1] = (sums[index] ?? 0) + (samples[index] ?? 0) ** 2;
  }
  return sums;
}
