import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";

/**
 * Calls `run`, which answers how soon it wants to be called again, ms. A late call does not make the next one late, as it
 * does with `setInterval`. Who was late by more than a period goes on from now: nothing is made up for. The first call is
 * made at once; the answer ends it.
 */
export function startTicker(clock: Clock, timers: Timers, run: () => number): () => void {
  let nextAt: number = clock.monotonic();
  let isEnded = false;
  let cancel = () => {};
  step();

  function step(): void {
    const periodMs = run();
    if (isEnded) return;
    const now = clock.monotonic();
    nextAt += periodMs;
    if (nextAt <= now) nextAt = now + periodMs;
    cancel = timers.after(Math.max(1, Math.round(nextAt - now)), step);
  }

  return () => {
    isEnded = true;
    cancel();
  };
}
