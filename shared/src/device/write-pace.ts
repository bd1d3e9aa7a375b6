import type { MonotonicMs } from "../kernel/time.ts";
import { asMonotonic } from "../kernel/time.ts";
import type { Capability } from "./capability.ts";

/**
 * Which write goes next. They go in the order asked, but a point that may not be written again yet (`minIntervalMs`)
 * lets others pass, and of several values that wait for it only the newest is sent. Pure; the same in driver and twin.
 */
export interface WritePace {
  readonly waiting: readonly WantedWrite[];
  /** When points with a minimum interval were last sent. */
  readonly sentAt: ReadonlyMap<Capability, MonotonicMs>;
}
export interface WantedWrite {
  readonly capability: Capability;
  readonly value: number;
}
/** Of one point, ms. */
export type IntervalOf = (capability: Capability) => number;

export const nothingWanted: WritePace = { waiting: [], sentAt: new Map() };

/** The core writes a few points before and after each sound; more waiting means that nobody obeys. */
export const MAX_WAITING_WRITES = 32;

export function wantWrite(pace: WritePace, write: WantedWrite, intervalOf: IntervalOf): WritePace | "full" {
  const isReplaced = (other: WantedWrite) =>
    other.capability === write.capability && intervalOf(write.capability) > 0;
  const waiting = [...pace.waiting.filter((other) => !isReplaced(other)), write];
  return waiting.length > MAX_WAITING_WRITES ? "full" : { ...pace, waiting };
}

/** The first that may go; null while all that wait must wait. */
export function nextWrite(pace: WritePace, intervalOf: IntervalOf, now: MonotonicMs): WantedWrite | null {
  return pace.waiting.find(({ capability }) => mayWriteAt(pace, capability, intervalOf) <= now) ?? null;
}

/** When the first of them may go; null when nothing waits. */
export function nextWriteAt(pace: WritePace, intervalOf: IntervalOf): MonotonicMs | null {
  if (pace.waiting.length === 0) return null;
  const times = pace.waiting.map(({ capability }) => mayWriteAt(pace, capability, intervalOf));
  return asMonotonic(Math.min(...times));
}

/** In the past for a point that was never written. */
export function mayWriteAt(pace: WritePace, capability: Capability, intervalOf: IntervalOf): MonotonicMs {
  const sentAt = pace.sentAt.get(capability);
  return asMonotonic(sentAt === undefined ? 0 : sentAt + intervalOf(capability));
}

export function afterSent(
  pace: WritePace,
  write: WantedWrite,
  intervalOf: IntervalOf,
  now: MonotonicMs,
): WritePace {
  const waiting = pace.waiting.filter((other) => other !== write);
  if (intervalOf(write.capability) === 0) return { ...pace, waiting };
  return { waiting, sentAt: new Map(pace.sentAt).set(write.capability, now) };
}
