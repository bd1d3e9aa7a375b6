import type { MonotonicMs } from "@loa/shared/kernel/time.ts";

/** Follows a card's crystal: turns the error of the place into frames of input for one of output. */
export interface Servo {
  /** Frames of input for one of output, within ± 500 ppm. */
  readonly step: number;
  /** By how much the sound runs ahead of its time, without the noise of the measurements, ms. */
  readonly errorMs: number;
  /** The error is beyond what a servo should mend: the place has to be set anew. */
  readonly isLost: boolean;
  /** The readings agree with each other so well that fewer of them tell as much. */
  readonly isFine: boolean;
  /** `errorMs` as it was measured at `now`. */
  observe(errorMs: number, now: MonotonicMs): void;
  /** The place was set anew; what is known of the crystal stays. */
  replaced(): void;
  /** Another card: nothing is known. */
  reset(): void;
}

/** No crystal of a card is further off. */
const LIMIT = 500e-6;
/** 1 ms of error is worth 100 ppm, and is gone in about 10 s; critically damped. In the first seconds ten times that. */
const STEADY = { proportional: 1e-4, integral: 2.5e-6, filterMs: 1_000, slewPerS: 40e-6 } as const;
const EAGER = { proportional: 1e-3, integral: 250e-6, filterMs: 250, slewPerS: 400e-6 } as const;
const EAGER_MS = 20_000;
/** A reading that far from the others is a look at the clock that was interrupted. */
const OUTLIER_MS = 8;
/** So many of them in a row are the truth. */
const OUTLIERS_BELIEVED = 8;
const LOST_MS = 20;
/** A card that tells its place once in 2 ms is off by so much on average. */
const FINE_MS = 0.5;
const SCATTER_FILTER_MS = 1_000;
/** Of a card that was not yet looked at: a fine one is known as such after some 3 s. */
const UNKNOWN_SCATTER_MS = 10;
/** A longer time between two looks says nothing about the card. */
const LONGEST_STEP_MS = 200;

export function createServo(): Servo {
  let filteredMs = 0;
  let integral = 0;
  let correction = 0;
  let isFresh = true;
  let eagerLeftMs = EAGER_MS;
  let outliers = 0;
  /** How far readings lie from what the filter makes of them. */
  let scatterMs = UNKNOWN_SCATTER_MS;
  let seenAt: MonotonicMs | null = null;

  function follow(errorMs: number, elapsedMs: number): void {
    const gear = eagerLeftMs > 0 ? EAGER : STEADY;
    eagerLeftMs = Math.max(0, eagerLeftMs - elapsedMs);
    scatterMs += (Math.abs(errorMs - filteredMs) - scatterMs) * Math.min(1, elapsedMs / SCATTER_FILTER_MS);
    filteredMs += (errorMs - filteredMs) * Math.min(1, elapsedMs / gear.filterMs);
    const elapsedS = elapsedMs / 1_000;
    const wanted = gear.proportional * filteredMs + integral;
    // A correction at its limit must not wind the integral up.
    if (Math.abs(wanted) < LIMIT) integral = clamp(integral + gear.integral * filteredMs * elapsedS, LIMIT);
    const change = clamp(clamp(wanted, LIMIT) - correction, gear.slewPerS * elapsedS);
    correction += change;
  }

  return {
    get step() {
      return 1 - correction;
    },
    get errorMs() {
      return filteredMs;
    },
    get isLost() {
      return Math.abs(filteredMs) > LOST_MS;
    },
    get isFine() {
      return scatterMs < FINE_MS;
    },
    observe(errorMs, now) {
      const elapsedMs = Math.min(LONGEST_STEP_MS, seenAt === null ? 0 : now - seenAt);
      seenAt = now;
      const isOutlier = !isFresh && Math.abs(errorMs - filteredMs) > OUTLIER_MS;
      outliers = isOutlier ? outliers + 1 : 0;
      if (isOutlier && outliers < OUTLIERS_BELIEVED) return;
      // The first reading, and a jump that stays, are taken as they are.
      if (isFresh || isOutlier) filteredMs = errorMs;
      isFresh = false;
      follow(errorMs, elapsedMs);
    },
    replaced() {
      filteredMs = 0;
      outliers = 0;
      correction = integral;
      isFresh = false;
    },
    reset() {
      filteredMs = 0;
      integral = 0;
      correction = 0;
      isFresh = true;
      eagerLeftMs = EAGER_MS;
      outliers = 0;
      scatterMs = UNKNOWN_SCATTER_MS;
      seenAt = null;
    },
  };
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
