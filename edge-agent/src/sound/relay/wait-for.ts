import type { Timers } from "@loa/shared/kernel/ambient.ts";

/** True after `ms`; false at once when the signal comes first. */
export function waitFor(timers: Timers, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = () => {
      cancel();
      resolve(false);
    };
    const cancel = timers.after(Math.max(0, ms), () => {
      signal.removeEventListener("abort", stop);
      resolve(true);
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
