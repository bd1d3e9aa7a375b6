import type { Timers } from "@loa/shared/kernel/ambient.ts";

/** Node fires a longer delay at once (nodejs.org, `setTimeout`): 2^31 − 1 ms. */
const longestDelayMs = 2_147_483_647;

/**
 * No delay at all means «after the sockets»: `setTimeout(0)` would wait a millisecond each time. A delay beyond Node's
 * own limit of 24.8 days is walked in legs.
 */
export const nodeTimers: Timers = {
  after(delayMs, run) {
    if (delayMs <= 0) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    }
    let handle = arm(delayMs);
    function arm(leftMs: number): NodeJS.Timeout {
      const legMs = Math.min(leftMs, longestDelayMs);
      return setTimeout(() => {
        if (leftMs > legMs) handle = arm(leftMs - legMs);
        else run();
      }, legMs);
    }
    return () => clearTimeout(handle);
  },
};
