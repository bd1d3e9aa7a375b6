import { SAMPLE_RATE_HZ } from "../format.ts";

/** How fast a live buffer is to be read, so that its level stays where it was although two clocks differ. */
export interface LevelServo {
  /** Frames of the source for each frame of ours: 1 until there is something to correct. */
  readonly rate: number;
  /** The level after `frames` were taken. */
  note(level: number, frames: number): void;
  /** The level has changed for a known reason: look anew. */
  reset(): void;
}

/** Nobody hears 500 ppm, and no sound card or encoder is off by more. */
export const RATE_LIMIT = 500e-6;
/**
 * Segments make the level a saw-tooth, so its lowest value over 32 s counts: longer than the longest segment that
 * RFC 8216 servers are seen to make (10 s), twice.
 */
const BUCKETS = 8;
const BUCKET_FRAMES = 4 * SAMPLE_RATE_HZ;
/** An error is worked off in about 5 minutes; 100 ppm of drift then stand at an error of 30 ms. */
const SETTLE_FRAMES = 300 * SAMPLE_RATE_HZ;
/** No clock drifts by so much in 4 s: it was a loss, or what came after one, and the delay is another one now. */
const STEP_FRAMES = 0.5 * SAMPLE_RATE_HZ;

/** With less than `leastFrames` it is no buffer any more: the servo makes it grow to that. */
export function createLevelServo(leastFrames: number): LevelServo {
  let minima: number[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  let framesInBucket = 0;
  let target: number | null = null;
  let lastLevel = 0;
  let rate = 1;

  function judge(): void {
    const level = Math.min(...minima);
    if (target === null) target = Math.max(level, leastFrames);
    else if (Math.abs(level - lastLevel) > STEP_FRAMES) target += level - lastLevel;
    lastLevel = level;
    rate = 1 + Math.max(-RATE_LIMIT, Math.min(RATE_LIMIT, (level - target) / SETTLE_FRAMES));
  }

  return {
    get rate() {
      return rate;
    },
    note(level, frames) {
      lowest = Math.min(lowest, level);
      framesInBucket += frames;
      if (framesInBucket < BUCKET_FRAMES) return;
      minima.push(lowest);
      lowest = Number.POSITIVE_INFINITY;
      framesInBucket = 0;
      if (minima.length > BUCKETS) minima.shift();
      if (minima.length === BUCKETS) judge();
    },
    reset() {
      minima = [];
      lowest = Number.POSITIVE_INFINITY;
      framesInBucket = 0;
      target = null;
      rate = 1;
    },
  };
}
