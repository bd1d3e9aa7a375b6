import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant, type LocalDate, type LocalTime, type Weekday } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";

/** A recurrence that plays daily at 05:00 from 2026-11-23, changed as told. */
export function recurrenceOf(changed: Partial<Recurrence> = {}): Recurrence {
  return {
    times: ["05:00:00" as LocalTime],
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from: "2026-11-23" as LocalDate,
    to: null,
    except: [],
    repeat: null,
    ...changed,
  };
}

/** A schedule of one minute of sound, changed as told. */
export function scheduleOf(
  changed: Partial<Omit<PlannedSchedule, "id">> & { id?: string } = {},
): PlannedSchedule {
  const { id = "morning", ...rest } = changed;
  return {
    id: id as ScheduleId,
    title: "Bản tin sáng",
    class: "normal",
    order: 0,
    recurrence: recurrenceOf(),
    effectiveFrom: asInstant(0),
    turnMs: 0,
    chime: false,
    items: [{ kind: "clip", sha256: "a".repeat(64) as Sha256, durationMs: 60_000, end: "soft" }],
    exception: false,
    ...rest,
  };
}

const anyTime = fc
  .integer({ min: 0, max: 86_399 })
  .map((second) => new Date(second * 1_000).toISOString().slice(11, 19) as LocalTime);
const anyDate = fc
  .integer({ min: 0, max: 40 })
  .map((day) => new Date(Date.UTC(2026, 10, 1 + day)).toISOString().slice(0, 10) as LocalDate);
const anyWeekdays = fc.uniqueArray(fc.constantFrom<Weekday>(1, 2, 3, 4, 5, 6, 7), { minLength: 1 });

export const anyRecurrence: fc.Arbitrary<Recurrence> = fc
  .record({
    times: fc.uniqueArray(anyTime, { minLength: 1, maxLength: 4 }),
    weekdays: anyWeekdays,
    from: anyDate,
    to: fc.option(anyDate),
    except: fc.uniqueArray(anyDate, { maxLength: 5 }),
    repeat: fc.option(
      fc.record({
        times: fc.integer({ min: 1, max: 4 }),
        everyMs: fc.integer({ min: 1, max: 720 }).map((m) => m * 60_000),
      }),
    ),
  })
  .map((rule) => ({ ...rule, to: rule.to !== null && rule.to < rule.from ? rule.from : rule.to }));
