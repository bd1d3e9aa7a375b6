/** Samples that one output sample is made of: 8 on either side keep 15 kHz flat and images below -80 dB. */
const TAPS = 16;
export const TAPS_BEFORE = TAPS / 2 - 1;
export const TAPS_AFTER = TAPS / 2;
const PHASES = 512;
/** Kaiser: 80 dB. */
const BETA = 8;

/** One set of taps for each of 512 places between two samples, and the one after the last. */
const table = makeTable();

/**
 * The value at `fraction` (0 to 1) of the way behind the frame at `index`, from interleaved samples that hold the taps
 * around it. Between two rows of the table it goes straight: the error is below that of 16 bits.
 */
export function interpolate(samples: Int16Array, index: number, channels: number, fraction: number): number {
  const place = fraction * PHASES;
  const row = Math.floor(place);
  const between = place - row;
  let tap = row * TAPS;
  let at = index - TAPS_BEFORE * channels;
  let low = 0;
  let high = 0;
  for (let count = 0; count < TAPS; count += 1) {
    const sample = samples[at] ?? 0;
    low += sample * (table[tap] ?? 0);
    high += sample * (table[tap + TAPS] ?? 0);
    at += channels;
    tap += 1;
  }
  return low + (high - low) * between;
}

function makeTable(): Float64Array {
  const rows = new Float64Array((PHASES + 1) * TAPS);
  for (let phase = 0; phase <= PHASES; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap += 1) {
      const x = tap - TAPS_BEFORE - phase / PHASES;
      const value = sinc(x) * kaiser(x / (TAPS / 2));
      rows[phase * TAPS + tap] = value;
      sum += value;
    }
    // Each phase lets the same level through, or the gain would hum with the drift.
    for (let tap = 0; tap < TAPS; tap += 1) rows[phase * TAPS + tap] = (rows[phase * TAPS + tap] ?? 0) / sum;
  }
  return rows;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** Modified Bessel function of the first kind, order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 40; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
