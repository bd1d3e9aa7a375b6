import { SAMPLE_RATE_HZ } from "./make-audio.ts";

/** Codecs for speech keep what lies below; above it there is nothing in the noise. */
const NOISE_TOP_HZ = 4_000;

/** Its root mean square; peaks stay below 0.6 of full scale. */
export const NOISE_RMS = 0.12;

const FILTER_HALF_LENGTH = 40;

/**
 * Noise that never repeats, the same for the same seed: any 20 ms of it say which samples of it they are
 * (`find-noise.ts`). Other seeds give noise that has nothing in common with it.
 */
export function knownNoise(durationMs: number, seed = 1): Float64Array {
  const length = Math.round((durationMs * SAMPLE_RATE_HZ) / 1_000);
  const white = whiteNoise(length + 2 * FILTER_HALF_LENGTH, seed);
  const filter = lowPass(NOISE_TOP_HZ / SAMPLE_RATE_HZ);
  const noise = new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    let sum = 0;
    for (let tap = 0; tap < filter.length; tap += 1) sum += (filter[tap] ?? 0) * (white[index + tap] ?? 0);
    noise[index] = sum;
  }
  const rms = Math.sqrt(noise.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, length));
  return noise.map((sample) => (sample / rms) * NOISE_RMS);
}

/** Uniform, by xorshift (Marsaglia 2003). */
function whiteNoise(length: number, seed: number): Float64Array {
  let state = (2_463_534_242 ^ Math.imul(seed, 2_654_435_761)) | 1;
  return Float64Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** A sinc under a Hann window. */
function lowPass(cutOff: number): Float64Array {
  return Float64Array.from({ length: 2 * FILTER_HALF_LENGTH + 1 }, (_, index) => {
    const at = index - FILTER_HALF_LENGTH;
    const sinc = at === 0 ? 2 * cutOff : Math.sin(2 * Math.PI * cutOff * at) / (Math.PI * at);
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * at) / (FILTER_HALF_LENGTH + 1)));
  });
}
