import { type Recording, timeOf } from "./recording.ts";

/** A place where a tone that should go on evenly does not. */
export interface ToneBreak {
  readonly at: number;
  /** How far its phase jumps, as time: so much was lost, repeated or put between, modulo one period. Within ± half a period. */
  readonly jumpMs: number;
  /** How much quieter than on average it is there. */
  readonly dipDb: number;
}

/** Two windows that touch: what happens between them shows as a jump. */
const PERIODS = 4;
const JUMP_MS = 0.02;
const DIP_DB = 0.5;

/**
 * Where a steady tone breaks: joins of clips, lost samples, clicks; to about two periods. What is shorter than 0.02 ms and
 * less deep than 0.5 dB is not said. A jump of a whole number of periods without a dip cannot be heard, nor found:
 * for counting samples there is `find-noise.ts`.
 */
export function toneBreaks(recording: Recording, frequencyHz: number): readonly ToneBreak[] {
  const nominalHz = recording.nominalRateHz ?? recording.sampleRateHz;
  const length = Math.round((PERIODS * nominalHz) / frequencyHz);
  const windows: Vector[] = [];
  for (let from = 0; from + length <= recording.samples.length; from += length)
    windows.push(vectorOf(recording.samples, from, length, frequencyHz / nominalHz));
  const usual = median(windows.map((window) => window.amplitude));
  const breaks: ToneBreak[] = [];
  windows.forEach((window, index) => {
    const before = windows[index - 1] ?? window;
    const turn = wrapped(window.phase - before.phase);
    const jumpMs = (turn / (2 * Math.PI)) * (1_000 / frequencyHz);
    const dipDb = 20 * Math.log10(usual / Math.max(1e-9, window.amplitude));
    if (Math.abs(jumpMs) < JUMP_MS && dipDb < DIP_DB) return;
    breaks.push({ at: timeOf(recording, index * length), jumpMs, dipDb });
  });
  return breaks;
}

interface Vector {
  readonly phase: number;
  readonly amplitude: number;
}

/** Against an oscillator that runs from the recording's first sample, under a Hann window. */
function vectorOf(samples: Float64Array, from: number, length: number, periodsPerSample: number): Vector {
  let real = 0;
  let imaginary = 0;
  for (let index = 0; index < length; index += 1) {
    const angle = 2 * Math.PI * periodsPerSample * (from + index);
    const weighted = (samples[from + index] ?? 0) * (1 - Math.cos((2 * Math.PI * (index + 0.5)) / length));
    real += weighted * Math.cos(angle);
    imaginary -= weighted * Math.sin(angle);
  }
  return { phase: Math.atan2(imaginary, real), amplitude: (2 * Math.hypot(real, imaginary)) / length };
}

function wrapped(radians: number): number {
  return radians - 2 * Math.PI * Math.round(radians / (2 * Math.PI));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
