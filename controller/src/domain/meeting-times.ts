import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import { DAY_MS, msOfDay } from "@loa/shared/kernel/time.ts";
import { soundingMs } from "./planned-schedule.ts";

/**
 * False when these two can never want the loudspeaker together, judged by class, order and time of day alone. It
 * spares a dry run over a province the dates of thousands of schedules. The province's clocks are never changed, so a
 * time of day stays where it is.
 */
export function mayMeet(a: PlannedSchedule, b: PlannedSchedule): boolean {
  if (a.class !== b.class || a.order !== b.order) return false;
  const [aMs, bMs] = [soundingMs(a), soundingMs(b)];
  const bStarts = startsOfDay(b);
  return startsOfDay(a).some((aStart) =>
    bStarts.some((bStart) => after(aStart, bStart) < aMs || after(bStart, aStart) < bMs),
  );
}

/** Never less than the sessions that one day can have of it. */
export function mostSessionsADay({ turnMs, recurrence: { times, repeat } }: PlannedSchedule): number {
  // One that waits for its turn may start after midnight, on the day of the next one.
  if (repeat === null) return turnMs === 0 ? times.length : 2 * times.length;
  const days = 1 + Math.ceil((repeat.times * repeat.everyMs + turnMs) / DAY_MS);
  return times.length * (1 + repeat.times) * days;
}

/** Those of `mine` that overlap one of `others` with the same rung and order. Both are in order of time. */
export function overlapping(
  mine: readonly Occurrence[],
  others: readonly Occurrence[],
): readonly Occurrence[] {
  const found: Occurrence[] = [];
  let from = 0;
  for (const one of mine) {
    while ((others[from]?.endsAt ?? Number.POSITIVE_INFINITY) <= one.at) from += 1;
    for (let index = from; index < others.length; index += 1) {
      const other = others[index];
      if (other === undefined || other.at >= one.endsAt) break;
      if (other.id === one.id || other.rung !== one.rung || other.order !== one.order) continue;
      found.push(one);
      break;
    }
  }
  return found;
}

function startsOfDay({ turnMs, recurrence: { times, repeat } }: PlannedSchedule): readonly number[] {
  const everyMs = repeat?.everyMs ?? 0;
  return times.flatMap((time) =>
    Array.from(
      { length: 1 + (repeat?.times ?? 0) },
      (_, index) => (msOfDay(time) + turnMs + index * everyMs) % DAY_MS,
    ),
  );
}

/** How long after `a` the next `b` of the clock comes. */
function after(a: number, b: number): number {
  return (b - a + DAY_MS) % DAY_MS;
}
