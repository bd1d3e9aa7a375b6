import { asMonotonic, type Instant, type MonotonicMs, plus } from "@loa/shared/kernel/time.ts";

/** The present as one step sees it. */
export interface Moment {
  /** The box's own time: see `box-time.ts`. */
  readonly now: Instant;
  readonly mono: MonotonicMs;
  /** False while the box does not know what time it is: nothing is started by the clock then. */
  readonly isTrusted: boolean;
  /** One draw of chance in [0, 1), for jitter. */
  readonly chance: number;
}

export function toMono(moment: Moment, at: Instant): MonotonicMs {
  return asMonotonic(moment.mono + (at - moment.now));
}

export function toWall(moment: Moment, mono: MonotonicMs): Instant {
  return plus(moment.now, mono - moment.mono);
}

/** The earlier of two wake-ups; null is «never». */
export function sooner(a: Instant | null, b: Instant | null): Instant | null {
  return a === null ? b : b === null ? a : a < b ? a : b;
}
