import { afterPoint, type Known, NOTHING_READ } from "@loa/edge-agent/core/readings.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";

export interface ReadOnce {
  readonly value: number | null;
  readonly at: Instant;
}
export type ReadThen = Readonly<Partial<Record<Capability, ReadOnce>>>;

/** What is known after readings that were taken at moments of their own; null is an invalid one. */
export function knownOf(readings: ReadThen, before: Known = NOTHING_READ): Known {
  const entries = Object.entries(readings) as [Capability, ReadOnce][];
  return entries.reduce((known, [point, { value, at }]) => {
    const read = afterPoint(known, point, value ?? 0, at);
    const reading = read.actual[point];
    if (value !== null || reading === undefined) return read;
    return { ...read, actual: { ...read.actual, [point]: { ...reading, value } } };
  }, before);
}
