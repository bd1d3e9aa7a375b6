import { machineNow } from "./machine-time.ts";

/** When the machine did not let this process run, though it wanted to. */
export interface OwnStalls {
  /** Of a stretch of machine time, ms in all. */
  betweenMs(fromAt: number, toAt: number): number;
  end(): void;
}

const LOOK_EVERY_MS = 5;
/** Timers are late by so much without anybody's fault. */
const LEAST_MS = 3;

/**
 * An agent in a test's own process is an ordinary program, and others may have the processor. What it computed itself in
 * the time between two looks is its own affair and no stall.
 */
export function watchOwnStalls(): OwnStalls {
  const stalls: { readonly at: number; readonly ms: number }[] = [];
  let lookedAt = machineNow();
  let before = process.cpuUsage();
  const timer = setInterval(() => {
    const at = machineNow();
    const { user, system } = process.cpuUsage(before);
    const ms = at - lookedAt - LOOK_EVERY_MS - (user + system) / 1_000;
    if (ms > LEAST_MS) stalls.push({ at, ms });
    lookedAt = at;
    before = process.cpuUsage();
  }, LOOK_EVERY_MS);
  return {
    betweenMs: (fromAt, toAt) =>
      stalls.reduce((sum, { at, ms }) => sum + (at > fromAt && at - ms < toAt ? ms : 0), 0),
    end: () => clearInterval(timer),
  };
}
