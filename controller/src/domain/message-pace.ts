import { type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";

/**
 * How many messages one box may still send now. A token bucket, filled up on reading. Whatever it refuses is evidence
 * that the box sends again, or a state that its next message tells.
 */
export interface MessagePace {
  readonly left: number;
  readonly at: MonotonicMs;
}

/** Days without network end with some 200 events, and every message under way may come twice over a broken link. */
export const MESSAGES_AT_ONCE = 500;
/** A box keeps 20 events under way and hears once a second how many are stored; its samples come on top. */
export const MESSAGES_A_SECOND = 40;

/** The pace after one more message; null when the box must be quiet. */
export function afterOneMore(pace: MessagePace | null, now: MonotonicMs): MessagePace | null {
  const left = leftAt(pace, now);
  return left < 1 ? null : { left: left - 1, at: now };
}

function leftAt(pace: MessagePace | null, now: MonotonicMs): number {
  if (pace === null) return MESSAGES_AT_ONCE;
  const filled = ((now - pace.at) / SECOND_MS) * MESSAGES_A_SECOND;
  return Math.min(MESSAGES_AT_ONCE, pace.left + filled);
}
