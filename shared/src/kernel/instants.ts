import type { z } from "zod";

/** Milliseconds since 1970-01-01T00:00:00Z; `instant` of `time.ts` parses one. */
export type Instant = number & z.$brand<"Instant">;

/** Milliseconds of a clock that never steps; comparable only inside one run of one machine. */
export type MonotonicMs = number & { readonly __brand: "MonotonicMs" };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export function asInstant(ms: number): Instant {
  return Math.round(ms) as Instant;
}

export function plus(at: Instant, ms: number): Instant {
  return asInstant(at + ms);
}

export function asMonotonic(ms: number): MonotonicMs {
  return ms as MonotonicMs;
}
