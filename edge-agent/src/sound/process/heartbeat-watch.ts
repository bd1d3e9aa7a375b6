import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type Vitals, wasStarved } from "./vitals.ts";

export interface HeartbeatWatch {
  /** Begins to watch; the first beat may take `graceMs`. */
  start(graceMs: number): void;
  beat(): void;
  stop(): void;
}

export interface HeartbeatWatchOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly vitals: () => Vitals | null;
  readonly onHung: () => void;
}

/** About so often the engine beats: at its ticks. */
export const BEAT_EVERY_MS = 40;
const SUSPECT_AFTER_MS = 75;
const HUNG_AFTER_MS = 130;
const LOOK_EVERY_MS = 10;
/** A longer step between two looks was our own stall, and says nothing about others. */
const LONGEST_STEP_MS = 20;

/**
 * Tells a process that hangs from a machine that is busy: only such time counts in which we ran ourselves and the
 * other one was not waiting for a processor. A healthy process costs no look at all, only a timer pushed on.
 */
export function createHeartbeatWatch(options: HeartbeatWatchOptions): HeartbeatWatch {
  const { clock, timers } = options;
  let lastAt: MonotonicMs = clock.monotonic();
  let cancel: (() => void) | null = null;
  let isSuspect = false;
  let silentMs = 0;
  let limitMs = HUNG_AFTER_MS;
  let vitals: Vitals | null = null;

  function wait(delayMs: number, then: () => void): void {
    cancel?.();
    cancel = timers.after(delayMs, then);
  }

  /** Beats push only `lastAt`; the timer looks for itself whether it came too early. */
  function look(): void {
    const silent = clock.monotonic() - lastAt;
    if (silent < SUSPECT_AFTER_MS) wait(SUSPECT_AFTER_MS - silent, look);
    // Beats that came while we were stalled lie in the channel: they are read before this goes on.
    else wait(0, suspect);
  }

  function suspect(): void {
    const now = clock.monotonic();
    if (now - lastAt < SUSPECT_AFTER_MS) {
      look();
      return;
    }
    isSuspect = true;
    silentMs = SUSPECT_AFTER_MS;
    vitals = options.vitals();
    lastAt = now;
    wait(LOOK_EVERY_MS, count);
  }

  function count(): void {
    const now = clock.monotonic();
    const seen = options.vitals();
    const stepMs = Math.min(now - lastAt, LONGEST_STEP_MS);
    if (!wasStarved(vitals, seen, stepMs)) silentMs += stepMs;
    vitals = seen;
    lastAt = now;
    if (silentMs < limitMs) wait(LOOK_EVERY_MS, count);
    else wait(0, giveUp);
  }

  function giveUp(): void {
    stop();
    options.onHung();
  }

  function stop(): void {
    cancel?.();
    cancel = null;
    isSuspect = false;
  }

  return {
    start(graceMs) {
      stop();
      limitMs = Math.max(HUNG_AFTER_MS, graceMs);
      lastAt = clock.monotonic();
      look();
    },
    beat() {
      if (cancel === null) return;
      lastAt = clock.monotonic();
      limitMs = HUNG_AFTER_MS;
      if (!isSuspect) return;
      isSuspect = false;
      look();
    },
    stop,
  };
}
