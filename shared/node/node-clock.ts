import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/instants.ts";

/** The clocks of the machine: the kernel's wall clock, and the one that never steps. */
export const nodeClock: Clock = {
  now: () => asInstant(Date.now()),
  monotonic: () => asMonotonic(performance.now()),
};
