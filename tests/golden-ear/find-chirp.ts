import { type Recording, timeOf } from "./recording.ts";

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

export interface FoundChirp {
  /** When its first sample is heard, on the recording's clock. */
  readonly at: number;
  /** Normalised correlation, 1 is a perfect copy. */
  readonly likeness: number;
  /** Amplitude of the chirp in the recording, 1 is full scale. */
  readonly amplitude: number;
}

/** Coarse steps are a fraction of the correlation's main lobe (1 / bandwidth, about 0.18 ms). */
const COARSE_STEP_MS = 0.0625;

/** Noise reaches 0.06, a chirp 12 dB under noise 0.24. */
const ALIKE = 0.2;

/** The place where the recording is most like the chirp; null when nothing is like it (likeness below 0.2). */
export function findChirp(recording: Recording): FoundChirp | null {
  // The samples are the chirp's own, whatever the speed at which the card played them.
  const chirp = chirpSamples(recording.nominalRateHz ?? recording.sampleRateHz);
  const chirpEnergy = energyOf(chirp, 0, chirp.length);
  const { samples } = recording;
  const last = samples.length - chirp.length;
  if (last < 0) return null;
  const step = Math.max(1, Math.round((COARSE_STEP_MS * recording.sampleRateHz) / 1_000));
  const energies = runningEnergy(samples);
  const likenessAt = (at: number) => {
    const energy = (energies[at + chirp.length] ?? 0) - (energies[at] ?? 0);
    return energy < 1e-6 ? 0 : correlate(samples, chirp, at) / Math.sqrt(energy * chirpEnergy);
  };
  let best = 0;
  let bestLikeness = Number.NEGATIVE_INFINITY;
  const look = (at: number) => {
    const likeness = likenessAt(at);
    if (likeness > bestLikeness) {
      bestLikeness = likeness;
      best = at;
    }
  };
  for (let at = 0; at <= last; at += step) look(at);
  const coarse = best;
  for (let at = Math.max(0, coarse - step); at <= Math.min(last, coarse + step); at += 1) look(at);
  if (bestLikeness < ALIKE) return null;
  const around = [-1, 0, 1].map((step) => correlate(samples, chirp, best + step));
  const amplitude = (around[1] ?? 0) / chirpEnergy;
  return { at: timeOf(recording, best + peakOffset(around)), likeness: bestLikeness, amplitude };
}

/** Where between three neighbours the top of the parabola through them lies, −0.5 … 0.5 of a sample. */
export function peakOffset([before = 0, at = 0, after = 0]: readonly number[]): number {
  const bend = before - 2 * at + after;
  return bend === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}

function correlate(samples: Float64Array, chirp: Float64Array, at: number): number {
  let sum = 0;
  for (let index = 0; index < chirp.length; index += 1)
    sum += (samples[at + index] ?? 0) * (chirp[index] ?? 0);
  return sum;
}

function energyOf(samples: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += (samples[index] ?? 0) ** 2;
  return sum;
}

/** Sum of squares of the samples before each index. */
function runningEnergy(samples: Float64Array): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  for (let index = 0; index < samples.length; index += 1) {
    sums[index + 1] = (sums[index] ?? 0) + (samples[index] ?? 0) ** 2;
  }
  return sums;
}
