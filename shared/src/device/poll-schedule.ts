import { asMonotonic, type MonotonicMs } from "../kernel/time.ts";
import type { PollClass } from "./profile-parts.ts";

/** When which points are read next. Used by the driver and by its twin, so that both keep the same rounds. */
export type Pace = "idle" | "sounding";
export type PollSchedule = Readonly<Record<PollClass, MonotonicMs>>;

/**
 * While sounding the fast class shows within a second whether sound leaves the amplifier; idle, one look in half a
 * minute finds a dead amplifier well before the next occurrence.
 */
export const pollPeriodsMs: Readonly<Record<Pace, Readonly<Record<PollClass, number>>>> = {
  idle: { fast: 30_000, normal: 30_000, slow: 60_000 },
  sounding: { fast: 1_000, normal: 5_000, slow: 60_000 },
};

/** Idle classes that fell out of step are read together again: one round on the line instead of three. */
const joinWithinMs: Readonly<Record<Pace, number>> = { idle: 15_000, sounding: 0 };

/** An amplifier that does not answer is tried again after 1 s, 2 s, 4 s … up to this. */
export const FIRST_RETRY_MS = 1_000;
export const maxRetryMs: Readonly<Record<Pace, number>> = { idle: 30_000, sounding: 10_000 };

const pollClasses = ["fast", "normal", "slow"] as const satisfies readonly PollClass[];

export function allDueAt(at: MonotonicMs): PollSchedule {
  return { fast: at, normal: at, slow: at };
}

/** The classes of the round that begins now: what is due, and what soon would be. */
export function dueClasses(schedule: PollSchedule, pace: Pace, now: MonotonicMs): readonly PollClass[] {
  return pollClasses.filter((poll) => schedule[poll] <= now + joinWithinMs[pace]);
}

/** After a round of these classes that began at `startedAt`; a round that took longer than its period is not owed. */
export function afterRound(
  schedule: PollSchedule,
  pace: Pace,
  classes: readonly PollClass[],
  startedAt: MonotonicMs,
): PollSchedule {
  const next = { ...schedule };
  for (const poll of classes) next[poll] = asMonotonic(startedAt + pollPeriodsMs[pace][poll]);
  return next;
}

export function nextRoundAt(schedule: PollSchedule): MonotonicMs {
  return asMonotonic(Math.min(schedule.fast, schedule.normal, schedule.slow));
}

export function retryAfterMs(failures: number, pace: Pace): number {
  return Math.min(maxRetryMs[pace], FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 16));
}
