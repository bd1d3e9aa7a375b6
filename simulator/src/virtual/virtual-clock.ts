import type { Alarm } from "@loa/edge-agent/ports.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic, type Instant, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { QueuedEvent } from "./event-queue.ts";
import type { SeededRandom } from "./random.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The two clocks of one machine. The wall clock may be wrong or stepped; the monotonic one only runs a little off. */
export interface MachineClock extends Clock {
  setWall(at: Instant): void;
  stepWall(byMs: number): void;
  /** World time of a monotonic moment of this machine. */
  worldOf(at: MonotonicMs): number;
  monotonicOf(worldTime: number): MonotonicMs;
}

export interface MachineClockSetup {
  /** How much faster than the world its crystal runs, parts per million. */
  readonly driftPpm: number;
  /** What the wall clock says at the start. */
  readonly wall: Instant;
}

/** Starts now; the monotonic clock counts from the start, as after a boot. */
export function createMachineClock(time: VirtualTime, setup: MachineClockSetup): MachineClock {
  const startedAt = time.now();
  const rate = 1 + setup.driftPpm / 1e6;
  let wallOffset: number = setup.wall;
  const monotonic = () => (time.now() - startedAt) * rate;
  return {
    now: () => asInstant(wallOffset + monotonic()),
    monotonic: () => asMonotonic(monotonic()),
    setWall(at) {
      wallOffset = at - monotonic();
    },
    stepWall(byMs) {
      wallOffset += byMs;
    },
    worldOf: (at) => startedAt + at / rate,
    monotonicOf: (worldTime) => asMonotonic((worldTime - startedAt) * rate),
  };
}

/** As `setTimeout` does it; without it a rounded remainder of nothing could be waited for without end. */
const SHORTEST_DELAY_MS = 1;

/** More than what is lost by going over the drift and back. */
const ROUNDING_MS = 0.001;

/** Timers of one machine, by its own crystal. What `run` leaves pending is awaited through `afterwards`. */
export function createVirtualTimers(
  time: VirtualTime,
  clock: MachineClock,
  isAlive: () => boolean,
  afterwards: () => void | Promise<void>,
): Timers {
  return {
    after(delayMs, run) {
      const dueAt = asMonotonic(clock.monotonic() + Math.max(SHORTEST_DELAY_MS, delayMs));
      const at = clock.worldOf(dueAt);
      // A machine that woke up a rounding error too early would only wait once more.
      const isEarly = clock.monotonicOf(at) < dueAt;
      const event = time.at(isEarly ? at + ROUNDING_MS : at, () => {
        if (!isAlive()) return;
        run();
        return afterwards();
      });
      return () => {
        event.run = null;
      };
    },
  };
}

/** A real alarm is a timer of a busy machine: this late at most, though its port allows 250 ms. */
const MAX_LATE_MS = 40;

export function createVirtualAlarm(
  time: VirtualTime,
  clock: MachineClock,
  random: SeededRandom,
  isAlive: () => boolean,
): Alarm {
  let listener: () => void = () => undefined;
  /** World time at which it should ring; null when it is not set. */
  let dueAt: number | null = null;
  let event: QueuedEvent | null = null;
  const schedule = (at: number): void => {
    if (event !== null) event.run = null;
    event = time.at(at, go);
  };
  const go = (): void => {
    event = null;
    if (dueAt === null || !isAlive()) return;
    // It was put off after this event had been queued: cheaper than taking it out of the queue.
    if (dueAt > time.now()) {
      schedule(dueAt);
      return;
    }
    dueAt = null;
    listener();
  };
  return {
    set(at) {
      const late = random.next();
      // Never earlier than asked, even after the division by the drift.
      dueAt = Math.max(time.now(), clock.worldOf(at) + ROUNDING_MS) + late * late * late * MAX_LATE_MS;
      if (event === null || event.time > dueAt) schedule(dueAt);
    },
    onRing(ring) {
      listener = ring;
    },
  };
}
