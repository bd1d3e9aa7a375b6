import type { OccurrenceId, ScheduleId } from "../kernel/ids.ts";
import { type Instant, plus } from "../kernel/time.ts";
import { type AirItem, durationOf } from "./air-item.ts";
import { CHIME_MS } from "./built-in-sounds.ts";
import type { PlannedSchedule } from "./plan.ts";
import type { Rung } from "./precedence.ts";
import { startsBetween } from "./recurrence.ts";

/** One dated instance of a schedule. `endsAt` is exclusive. */
export interface Occurrence {
  readonly id: OccurrenceId;
  /** Null for an emergency, which no schedule made. */
  readonly scheduleId: ScheduleId | null;
  readonly title: string;
  readonly rung: Extract<Rung, "emergency-actual" | "emergency-exercise" | "priority" | "scheduled">;
  readonly order: number;
  readonly at: Instant;
  readonly endsAt: Instant;
  /** Nothing of it sounds from here on; null: only its end ends it. */
  readonly voidAt: Instant | null;
  readonly durationMs: number;
  readonly items: readonly AirItem[];
  readonly exception: boolean;
}

/** Occurrences that start in `[from, to)`, by time, then by id. */
export function occurrencesBetween(
  schedules: readonly PlannedSchedule[],
  from: Instant,
  to: Instant,
): readonly Occurrence[] {
  return schedules
    .flatMap((schedule) => occurrencesOf(schedule, from, to))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

function occurrencesOf(schedule: PlannedSchedule, from: Instant, to: Instant): readonly Occurrence[] {
  const { turnMs } = schedule;
  const items: readonly AirItem[] = schedule.chime
    ? [{ kind: "chime", durationMs: CHIME_MS }, ...schedule.items]
    : schedule.items;
  const durationMs = durationOf(items);
  const earliest = plus(from, -turnMs);
  const first = earliest > schedule.effectiveFrom ? earliest : schedule.effectiveFrom;
  return startsBetween(schedule.recurrence, first, plus(to, -turnMs)).map(({ at, date, time }) => ({
    id: `${schedule.id}@${date}T${time}` as OccurrenceId,
    scheduleId: schedule.id,
    title: schedule.title,
    rung: schedule.class === "priority" ? "priority" : "scheduled",
    order: schedule.order,
    at: plus(at, turnMs),
    endsAt: plus(at, turnMs + durationMs),
    voidAt: null,
    durationMs,
    items,
    exception: schedule.exception,
  }));
}
