import { type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";

/** A token bucket of one box, filled up on reading. */
export interface Pace {
  readonly left: number;
  readonly at: MonotonicMs;
}

export interface Allowance {
  readonly atOnce: number;
  readonly aSecond: number;
}

/**
 * Whatever a box says. It keeps 20 events under way and hears once a second how many are stored; its samples come on
 * top, and every message under way may come twice over a broken link.
 */
export const messagesOfABox: Allowance = { atOnce: 500, aSecond: 40 };

/**
 * Events that are not stored yet, each of which costs room on the disk. Days without network end with some 200, a month
 * with 1,000; a stolen box writes at most 350 MB a day until it is revoked.
 */
export const eventsOfABox: Allowance = { atOnce: 1_000, aSecond: 0.5 };

/** The pace after one more; null when the box must wait, and send it again. */
export function afterOneMore(
  pace: Pace | null,
  now: MonotonicMs,
  { atOnce, aSecond }: Allowance,
): Pace | null {
  const filled = pace === null ? atOnce : pace.left + ((now - pace.at) / SECOND_MS) * aSecond;
  const left = Math.min(atOnce, filled);
  return left < 1 ? null : { left: left - 1, at: now };
}
