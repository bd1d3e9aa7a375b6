import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { Alarm } from "../ports.ts";

/** Longest sleep in one go: a suspended machine or a slow timer is noticed within it. */
const MAX_NAP_MS = 250;

/** One wake-up call on the monotonic clock, slept in short naps. */
export function createNodeAlarm(clock: Clock): Alarm & { close(): void } {
  const listeners: (() => void)[] = [];
  let wakeAt: MonotonicMs | null = null;
  let timer: NodeJS.Timeout | null = null;

  function nap(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (wakeAt === null) return;
    const restMs = wakeAt - clock.monotonic();
    timer = setTimeout(look, Math.max(0, Math.min(MAX_NAP_MS, restMs)));
  }

  function look(): void {
    timer = null;
    if (wakeAt === null) return;
    if (clock.monotonic() < wakeAt) {
      nap();
      return;
    }
    wakeAt = null;
    for (const listener of listeners) listener();
  }

  return {
    set(at) {
      wakeAt = at;
      nap();
    },
    onRing(listener) {
      listeners.push(listener);
    },
    close() {
      wakeAt = null;
      nap();
    },
  };
}
