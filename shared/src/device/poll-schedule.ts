import { asMonotonic, type MonotonicMs } from "../kernel/time.ts";
import type { DeviceFailure } from "./capability.ts";
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

/** So often the fast points that are faults (`watch.ts`) are looked at between idle rounds. */
export const WATCH_PERIOD_MS = 2_000;

/**
 * A device that fails is tried again after one round of the fast class, then skipped for ten, and one that stays
 * silent for sixty: each try costs whoever shares its line a time-out. What fails without silence costs them little.
 */
const ROUND_MS = 1_000;
const SKIPPED_FIRST = 10;
const SKIPPED_LATER = 60;
const FIRST_SKIPS = 6;

const pollClasses = ["fast", "normal", "slow"] as const satisfies readonly PollClass[];

const classLists: readonly (readonly PollClass[])[] = Array.from({ length: 8 }, (_, bits) =>
  pollClasses.filter((_, place) => (bits >> place) % 2 === 1),
);

export function allDueAt(at: MonotonicMs): PollSchedule {
  return { fast: at, normal: at, slow: at };
}

/** The classes of the round that begins now: what is due, and what soon would be. */
export function dueClasses(schedule: PollSchedule, pace: Pace, now: MonotonicMs): readonly PollClass[] {
  const upTo = now + joinWithinMs[pace];
  const { fast, normal, slow } = schedule;
  // Asked before every round: the same classes are the same list.
  return classLists[(fast <= upTo ? 1 : 0) + (normal <= upTo ? 2 : 0) + (slow <= upTo ? 4 : 0)] ?? [];
}

/** After a round of these classes that began at `startedAt`; a round that took longer than its period is not owed. */
export function afterRound(
  schedule: PollSchedule,
  pace: Pace,
  classes: readonly PollClass[],
  startedAt: MonotonicMs,
): PollSchedule {
  let { fast, normal, slow } = schedule;
  const periodsMs = pollPeriodsMs[pace];
  if (classes.includes("fast")) fast = asMonotonic(startedAt + periodsMs.fast);
  if (classes.includes("normal")) normal = asMonotonic(startedAt + periodsMs.normal);
  if (classes.includes("slow")) slow = asMonotonic(startedAt + periodsMs.slow);
  return { fast, normal, slow };
}

export function nextRoundAt(schedule: PollSchedule): MonotonicMs {
  return asMonotonic(Math.min(schedule.fast, schedule.normal, schedule.slow));
}

/** `failures` counts those in a row, this one included. */
export function retryAfterMs(failures: number, reason: DeviceFailure): number {
  if (failures <= 1) return ROUND_MS;
  const isGivenUp = reason === "timeout" && failures > FIRST_SKIPS;
  return ROUND_MS * (isGivenUp ? SKIPPED_LATER : SKIPPED_FIRST);
}
