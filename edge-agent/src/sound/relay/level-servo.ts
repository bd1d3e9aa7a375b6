import { SAMPLE_RATE_HZ } from "../format.ts";

/** How fast a live buffer is to be read, so that its level stays where it was although two clocks differ. */
export interface LevelServo {
  /** Frames of the source for each frame of ours: 1 until there is something to correct. */
  readonly rate: number;
  /** Frames that are too many by far, to be skipped at once; asked once. */
  takeExcess(): number;
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
/** More than this above the target would take hours at 500 ppm. */
const EXCESS_FRAMES = 10 * SAMPLE_RATE_HZ;

/** With less than `leastFrames` it is no buffer any more: the servo makes it grow to that. */
export function createLevelServo(leastFrames: number): LevelServo {
  let minima: number[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  let framesInBucket = 0;
  let target: number | null = null;
  let rate = 1;
  let excess = 0;

  function judge(): void {
    const level = Math.min(...minima);
    target ??= Math.max(level, leastFrames);
    const error = level - target;
    rate = 1 + Math.max(-RATE_LIMIT, Math.min(RATE_LIMIT, error / SETTLE_FRAMES));
    if (error > EXCESS_FRAMES) excess = error;
  }

  return {
    get rate() {
      return rate;
    },
    takeExcess() {
      const frames = Math.floor(excess);
      if (frames > 0) minima = minima.map((one) => one - frames);
      excess = 0;
      return frames;
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
