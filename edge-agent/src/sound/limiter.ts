import { dbToGain, SAMPLE_RATE_HZ } from "./format.ts";

/** Nothing louder leaves the box; 0.3 dB below full scale keeps converters from clipping between samples. */
export const CEILING_DB = -0.3;

const CEILING = dbToGain(CEILING_DB);
const RELEASE_MS = 120;
/** Exponential way back to unity gain. */
const RELEASE = 1 - Math.exp(-1 / ((RELEASE_MS / 1_000) * SAMPLE_RATE_HZ));

export interface Limiter {
  /** Limits in place. */
  process(block: Float32Array): void;
}

/**
 * Acts at once and lets go slowly, without look-ahead: it costs no delay, which start times would have to pay.
 * Clips come levelled by ingest, so it works only where sounds add up.
 */
export function createLimiter(): Limiter {
  let gain = 1;
  return {
    process(block) {
      for (let index = 0; index < block.length; index += 1) {
        const sample = block[index] ?? 0;
        gain += (1 - gain) * RELEASE;
        const size = Math.abs(sample);
        if (size * gain > CEILING) gain = CEILING / size;
        block[index] = sample * gain;
      }
    },
  };
}
