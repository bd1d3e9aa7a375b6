import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";

export interface FastTime {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** How often patient time looks whether the loop still turns, and how much of itself it lets pass in between at most, ms. */
const LOOK_EVERY_MS = 4;
const LONGEST_LEAP_MS = 200;

/** Time that runs `factor` times as fast as ours, for what talks to real programs and servers. */
export function createFastTime(factor: number): FastTime {
  const beganAt = performance.now();
  const passed = () => (performance.now() - beganAt) * factor;
  return timeOf(passed, factor);
}

/**
 * Fast time that waits for us: while a busy machine lets our event loop stand, next to nothing of it passes. For worlds
 * whose only clock it is.
 */
export function createPatientTime(factor: number): FastTime & { stop(): void } {
  let lookedAt = performance.now();
  let passedThen = 0;
  const passed = () =>
    passedThen + Math.min(LONGEST_LEAP_MS, Math.max(0, performance.now() - lookedAt) * factor);
  const look = setInterval(() => {
    passedThen = passed();
    lookedAt = performance.now();
  }, LOOK_EVERY_MS);
  return { ...timeOf(passed, factor), stop: () => clearInterval(look) };
}

function timeOf(passed: () => number, factor: number): FastTime {
  const wallAt = Date.now();
  return {
    clock: { now: () => asInstant(wallAt + passed()), monotonic: () => asMonotonic(passed()) },
    timers: {
      after(delayMs, run) {
        const dueAt = passed() + delayMs;
        const wait = (restMs: number) => setTimeout(ring, restMs / factor);
        const ring = () => {
          const restMs = dueAt - passed();
          // Node's timers may be a millisecond early.
          if (restMs <= 2 * factor) run();
          else handle = wait(restMs);
        };
        let handle = wait(delayMs);
        return () => clearTimeout(handle);
      },
    },
  };
}
