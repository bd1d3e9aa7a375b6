import { type Occurrence, occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { durationOf } from "@loa/shared/broadcast/air-item.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import { nextStart } from "@loa/shared/broadcast/recurrence.ts";
import { type Instant, plus } from "@loa/shared/kernel/time.ts";

/** What starts further ahead is not shown as «next». */
const HORIZON_DAYS = 62;

export type NextOccurrence = Pick<Occurrence, "id" | "title" | "at">;

/** The first start after `now` of schedules that many boxes share, worked out once until it has come. */
export function createNextOccurrences(): (
  schedules: readonly PlannedSchedule[],
  now: Instant,
) => NextOccurrence | null {
  const known = new WeakMap<
    readonly PlannedSchedule[],
    { readonly askedAt: Instant; readonly next: NextOccurrence | null }
  >();
  return (schedules, now) => {
    const last = known.get(schedules);
    const isGood = last !== undefined && now >= last.askedAt && (last.next === null || now < last.next.at);
    if (isGood) return last.next;
    const next = firstAfter(schedules, now);
    known.set(schedules, { askedAt: now, next });
    return next;
  };
}

function firstAfter(schedules: readonly PlannedSchedule[], now: Instant): NextOccurrence | null {
  let next: NextOccurrence | null = null;
  for (const schedule of schedules) {
    if (durationOf(schedule.items) === 0) continue;
    const { turnMs, effectiveFrom } = schedule;
    const from = Math.max(plus(now, 1 - turnMs), effectiveFrom) as Instant;
    const start = nextStart(schedule.recurrence, from, HORIZON_DAYS);
    const at = start === null ? null : plus(start.at, turnMs);
    if (at === null || (next !== null && at >= next.at)) continue;
    next = occurrencesBetween([schedule], at, plus(at, 1))[0] ?? next;
  }
  return next;
}
