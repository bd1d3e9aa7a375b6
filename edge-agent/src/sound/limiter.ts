import { dbToGain, SAMPLE_RATE_HZ } from "./format.ts";

/** Nothing louder leaves the box; 0.3 dB below full scale keeps converters from clipping between samples. */
export const CEILING_DB = -0.3;

/** Held back by more than this, speech is audibly squashed: reported as clipped. */
export const CLIPPED_DB = -6;

const CEILING = dbToGain(CEILING_DB);
const CLIPPED = dbToGain(CLIPPED_DB);
const RELEASE_MS = 120;
/** Exponential way back to unity gain. */
const RELEASE = 1 - Math.exp(-1 / ((RELEASE_MS / 1_000) * SAMPLE_RATE_HZ));
/** The last thousandth of a dB on the way back to unity; from here on samples pass bit by bit. */
const UNITY = dbToGain(-0.001);

export interface Limiter {
  /** Limits in place, with one gain for all `buses`; answers the frames held back by more than `CLIPPED_DB`. */
  process(buses: readonly Float32Array[]): number;
  /** Silence: nothing is held back any more. */
  letGo(): void;
}

/**
 * Acts at once and lets go slowly, without look-ahead: it costs no delay, which start times would have to pay.
 * Clips come levelled by ingest, so it works only where sounds add up.
 */
export function createLimiter(): Limiter {
  let gain = 1;

  function limit(buses: readonly Float32Array[], frames: number): number {
    let clipped = 0;
    for (let frame = 0; frame < frames; frame += 1) {
      let size = 0;
      for (const bus of buses) size = Math.max(size, Math.abs(bus[frame] ?? 0));
      gain += (1 - gain) * RELEASE;
      if (gain > UNITY) gain = 1;
      if (size * gain > CEILING) gain = CEILING / size;
      if (gain < CLIPPED) clipped += 1;
      if (gain === 1) continue;
      for (const bus of buses) bus[frame] = (bus[frame] ?? 0) * gain;
    }
    return clipped;
  }

  return {
    process(buses) {
      const [first] = buses;
      if (first === undefined) return 0;
      // Nearly always nothing is to be done.
      if (gain === 1 && buses.every((bus) => peakOf(bus) <= CEILING)) return 0;
      return limit(buses, first.length);
    },
    letGo() {
      gain = 1;
    },
  };
}

function peakOf(bus: Float32Array): number {
  let peak = 0;
  for (let frame = 0; frame < bus.length; frame += 1) {
    const size = Math.abs(bus[frame] ?? 0);
    if (size > peak) peak = size;
  }
  return peak;
}
