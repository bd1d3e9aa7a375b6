import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";

/** Time that runs `factor` times as fast as ours, for what talks to real programs and servers. */
export function createFastTime(factor: number): { readonly clock: Clock; readonly timers: Timers } {
  const beganAt = performance.now();
  const wallAt = Date.now();
  const passed = () => (performance.now() - beganAt) * factor;
  return {
    clock: { now: () => asInstant(wallAt + passed()), monotonic: () => asMonotonic(passed()) },
    timers: {
      after(delayMs, run) {
        const handle = setTimeout(run, delayMs / factor);
        return () => clearTimeout(handle);
      },
    },
  };
}
