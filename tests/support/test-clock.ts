import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic, type Instant } from "@loa/shared/kernel/time.ts";

/** A clock that moves only when the test says so. */
export interface TestClock extends Clock {
  /** The wall time at the beginning. */
  readonly start: Instant;
  pass(ms: number): void;
  stepWall(ms: number): void;
}

export function createTestClock(start = asInstant(Date.UTC(2026, 10, 23, 10))): TestClock {
  let passedMs = 0;
  let steppedMs = 0;
  return {
    start,
    now: () => asInstant(start + passedMs + steppedMs),
    // Monotonic clocks begin anywhere but at the wall time.
    monotonic: () => asMonotonic(5_000 + passedMs),
    pass(ms) {
      passedMs += ms;
    },
    stepWall(ms) {
      steppedMs += ms;
    },
  };
}
