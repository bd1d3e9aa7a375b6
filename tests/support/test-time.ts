import type { Timers } from "@loa/shared/kernel/ambient.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import {
  createMachineClock,
  createVirtualTimers,
  type MachineClock,
} from "@loa/simulator/virtual/virtual-clock.ts";
import { createVirtualTime } from "@loa/simulator/virtual/virtual-time.ts";

/** Virtual time for code with promises inside: after each event everything that it set off has run. */
export interface TestTime {
  readonly clock: MachineClock;
  readonly timers: Timers;
  advance(ms: number): Promise<void>;
}

const beginsAt = asInstant(Date.UTC(2026, 10, 23));

export function createTestTime(): TestTime {
  const time = createVirtualTime(beginsAt);
  const clock = createMachineClock(time, { driftPpm: 0, wall: beginsAt });
  return {
    clock,
    timers: createVirtualTimers(time, clock, () => true, settled),
    async advance(ms) {
      await settled();
      await time.runUntil(time.now() + ms);
    },
  };
}

/** Promises settle in microtasks; a turn of the event loop ends when none is left. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
