import { MINUTE_MS, type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/instants.ts";

/** So many engines may be lost in a minute before the next one has to wait. */
const FREE_LOSSES = 5;
const FIRST_WAIT_MS = SECOND_MS;
const LONGEST_WAIT_MS = 30 * SECOND_MS;
/** Somebody waits who must be heard: whatever kills the engines may be over. */
const LONGEST_ALARM_WAIT_MS = SECOND_MS;

/** Losses that still count at `now`. */
export function recentLosses(losses: readonly MonotonicMs[], now: MonotonicMs): readonly MonotonicMs[] {
  return losses.filter((at) => now - at <= MINUTE_MS);
}

/** How long the next engine waits before it takes over: not at all, until they die like flies. It never gives up. */
export function waitAfter(losses: readonly MonotonicMs[], now: MonotonicMs, isAlarm: boolean): number {
  const beyond = recentLosses(losses, now).length - FREE_LOSSES;
  const longestMs = isAlarm ? LONGEST_ALARM_WAIT_MS : LONGEST_WAIT_MS;
  return beyond <= 0 ? 0 : Math.min(longestMs, FIRST_WAIT_MS * 2 ** (beyond - 1));
}
