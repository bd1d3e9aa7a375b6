import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import type { PlayRequest, SoundReport } from "../../ports.ts";

/**
 * CLOCK_MONOTONIC in ms, the same in every process of this machine until it boots again (clock_gettime(2); libuv's
 * `uv_hrtime`). `performance.now()` begins anew in each process, so no time of it may cross a boundary.
 */
export function machineNow(): MonotonicMs {
  const [seconds, nanoseconds] = process.hrtime();
  return asMonotonic(seconds * 1_000 + nanoseconds / 1e6);
}

/** The sound process lives on the machine's time, so only the agent has to convert. */
export const machineClock: Clock = {
  now: nodeClock.now,
  monotonic: machineNow,
};

/** Between a clock of this process and the machine's time; both run at the same speed. */
export interface TimeBase {
  toMachine(at: MonotonicMs): MonotonicMs;
  fromMachine(at: MonotonicMs): MonotonicMs;
}

export function timeBaseOf(clock: Clock): TimeBase {
  // Read on both sides, so that a pause between two readings costs half of itself.
  const before = machineNow();
  const here = clock.monotonic();
  const originMs = (before + machineNow()) / 2 - here;
  return {
    toMachine: (at) => asMonotonic(at + originMs),
    fromMachine: (at) => asMonotonic(at - originMs),
  };
}

export function requestToMachine(request: PlayRequest, base: TimeBase): PlayRequest {
  const { startAt, endAt } = request;
  return {
    ...request,
    startAt: base.toMachine(startAt),
    endAt: endAt === null ? null : base.toMachine(endAt),
  };
}

export function reportFromMachine(report: SoundReport, base: TimeBase): SoundReport {
  return { ...report, at: base.fromMachine(report.at) };
}
