import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";

/** Time as it passes outside, for tests against real lines and programs. */
export const realClock: Clock = {
  now: () => asInstant(Date.now()),
  monotonic: () => asMonotonic(performance.now()),
};

export const realTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
