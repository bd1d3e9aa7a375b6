import { asInstant, type Instant } from "@loa/shared/kernel/time.ts";
import { createEventQueue, type QueuedEvent } from "./event-queue.ts";

/** The one true time of a simulated world, ms since its beginning. Nothing happens but the events put here. */
export interface VirtualTime {
  now(): number;
  /** What an honest wall clock says now. */
  instant(): Instant;
  instantAt(time: number): Instant;
  timeOf(instant: Instant): number;
  /** Runs it at that time, or next when that time is past. A returned promise is awaited before anything else runs. */
  at(time: number, run: () => void | Promise<void>): QueuedEvent;
  after(delayMs: number, run: () => void | Promise<void>): QueuedEvent;
  /** Runs every event up to and including that time. */
  runUntil(time: number): Promise<void>;
  /** How many events ran. */
  events(): number;
}

export function createVirtualTime(beginsAt: Instant): VirtualTime {
  const queue = createEventQueue();
  let now = 0;
  let events = 0;
  const at = (time: number, run: () => void | Promise<void>) => queue.push(Math.max(time, now), run);
  return {
    now: () => now,
    instant: () => asInstant(beginsAt + now),
    instantAt: (time) => asInstant(beginsAt + time),
    timeOf: (instant) => instant - beginsAt,
    at,
    after: (delayMs, run) => at(now + delayMs, run),
    async runUntil(time) {
      for (let event = queue.pop(time); event !== null; event = queue.pop(time)) {
        now = event.time;
        events += 1;
        // Only what really is asynchronous pays for a turn of the microtask queue.
        const pending = event.run?.();
        if (pending !== undefined) await pending;
      }
      now = Math.max(now, time);
    },
    events: () => events,
  };
}
