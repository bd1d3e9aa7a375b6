import { type OccurrenceId, type ScheduleId, scheduleId } from "@loa/shared/kernel/ids.ts";
import { type Instant, localDate, localTime, toInstant } from "@loa/shared/kernel/time.ts";

/** `morning-news@2026-11-23T05:00:00` names its schedule … */
export function scheduleOf(occurrence: OccurrenceId): ScheduleId {
  const [id] = occurrence.split("@");
  return scheduleId.parse(id);
}

/** … and its start. */
export function startOf(occurrence: OccurrenceId): Instant {
  const [, start = ""] = occurrence.split("@");
  const [date, time] = start.split("T");
  return toInstant(localDate.parse(date), localTime.parse(time));
}
