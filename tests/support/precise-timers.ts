import type { Timers } from "@loa/shared/kernel/ambient.ts";

/** Before a call is due, this long is looked at the clock again and again: Node's timers count whole milliseconds. */
const WATCH_MS = 2;

/**
 * Real time to a tenth of a millisecond, for what plays a wire. The event loop turns while it watches, so that
 * everybody else runs; it costs most of a core.
 */
export const preciseTimers: Timers = {
  after(delayMs, run) {
    const dueAt = performance.now() + delayMs;
    let isCancelled = false;
    const watch = () => {
      if (isCancelled) return;
      if (performance.now() >= dueAt) run();
      else setImmediate(watch);
    };
    const timer = setTimeout(watch, Math.max(0, delayMs - WATCH_MS));
    return () => {
      isCancelled = true;
      clearTimeout(timer);
    };
  },
};
