import { transform } from "./fourier.ts";
import { NOISE_RMS } from "./known-noise.ts";
import { toDb } from "./level.ts";
import { type Recording, timeOf } from "./recording.ts";

/** 85 ms: the level of known noise does not differ by more than `LOUDER_DB` from one window to the next. */
const WINDOW = 4_096;
const LOUDER_DB = 1.5;
/** Known noise ends at 4 kHz; what is decoded from anything else does not. */
const FOREIGN_FROM_HZ = 5_000;
/** Codecs stay below −70 dB and the hard edges of cut files below −45 dB; noise that was never meant as sound has −15 dB. */
const FOREIGN_DB = -40;

/** When something was heard that is neither silence nor known noise at its own level: beginnings of such windows. */
export function foreignSound(recording: Recording): readonly number[] {
  const found: number[] = [];
  for (let from = 0; from + WINDOW <= recording.samples.length; from += WINDOW) {
    const window = recording.samples.slice(from, from + WINDOW);
    const isLoud = rmsDb(window) > toDb(NOISE_RMS) + LOUDER_DB;
    if (isLoud || rmsAboveDb(window, recording.sampleRateHz) > FOREIGN_DB)
      found.push(timeOf(recording, from));
  }
  return found;
}

function rmsDb(window: Float64Array): number {
  return toDb(Math.sqrt(window.reduce((sum, sample) => sum + sample * sample, 0) / window.length));
}

/** Root mean square of what lies above `FOREIGN_FROM_HZ`, under a Hann window. */
function rmsAboveDb(window: Float64Array, sampleRateHz: number): number {
  const hannPower = 0.375;
  const real = window.map(
    (sample, index) => sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * index) / window.length)),
  );
  const imaginary = new Float64Array(window.length);
  transform(real, imaginary);
  let power = 0;
  for (let bin = Math.round((FOREIGN_FROM_HZ * WINDOW) / sampleRateHz); bin < WINDOW / 2; bin += 1) {
    power += (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
  }
  return toDb(Math.sqrt((2 * power) / WINDOW ** 2 / hannPower));
}
