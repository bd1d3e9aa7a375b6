import type { OccurrenceId, ScheduleId } from "../kernel/ids.ts";
import { type Instant, plus, toLocal } from "../kernel/time.ts";
import { type AirItem, CHIME_MS, durationOf } from "./air-item.ts";
import { type AirRules, isAllowedDay, touchesQuietHours } from "./air-rules.ts";
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

/** Why an occurrence may not go on the air as it stands. The same words reach the page. */
export type AirProblem =
  /** Two items of the same rung and order want the loudspeaker together: nobody decided who waits. */
  | { readonly kind: "clash"; readonly occurrence: Occurrence; readonly with: Occurrence }
  | { readonly kind: "quiet-hours"; readonly occurrence: Occurrence }
  | { readonly kind: "day-not-allowed"; readonly occurrence: Occurrence }
  | { readonly kind: "too-many-sessions"; readonly occurrence: Occurrence; readonly limit: number }
  | { readonly kind: "session-too-long"; readonly occurrence: Occurrence; readonly limitMs: number };

/** Everything wrong with a list of occurrences under one set of rules. Signed exceptions pass rules, not clashes. */
export function airProblems(occurrences: readonly Occurrence[], rules: AirRules): readonly AirProblem[] {
  const problems: AirProblem[] = [...clashesIn(occurrences)];
  const sessions = new Map<string, number>();
  for (const occurrence of occurrences) {
    if (occurrence.exception) continue;
    const { at, endsAt, durationMs } = occurrence;
    if (touchesQuietHours(rules.quietHours, at, endsAt)) problems.push({ kind: "quiet-hours", occurrence });
    if (!isAllowedDay(rules, at)) problems.push({ kind: "day-not-allowed", occurrence });
    if (rules.maxSessionMs !== null && durationMs > rules.maxSessionMs) {
      problems.push({ kind: "session-too-long", occurrence, limitMs: rules.maxSessionMs });
    }
    const day = toLocal(at).date;
    const count = (sessions.get(day) ?? 0) + 1;
    sessions.set(day, count);
    if (rules.maxSessionsPerDay !== null && count > rules.maxSessionsPerDay) {
      problems.push({ kind: "too-many-sessions", occurrence, limit: rules.maxSessionsPerDay });
    }
  }
  return problems;
}

/** Pairs that overlap in time with the same rung and order. A higher rung pre-empts by rule, which is no clash. */
export function clashesIn(occurrences: readonly Occurrence[]): readonly AirProblem[] {
  const sorted = [...occurrences].sort((a, b) => a.at - b.at);
  const clashes: AirProblem[] = [];
  const open: Occurrence[] = [];
  for (const occurrence of sorted) {
    const still = open.filter((earlier) => earlier.endsAt > occurrence.at);
    open.splice(0, open.length, ...still, occurrence);
    for (const earlier of still) {
      if (earlier.rung === occurrence.rung && earlier.order === occurrence.order) {
        clashes.push({ kind: "clash", occurrence, with: earlier });
      }
    }
  }
  return clashes;
}
