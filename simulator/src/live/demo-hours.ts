import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { LocalTime } from "@loa/shared/kernel/time.ts";

export const ALL_WEEK: Recurrence["weekdays"] = [1, 2, 3, 4, 5, 6, 7];

export function everyHourAt(minute: number): Recurrence["times"] {
  const digits = (count: number) => String(count).padStart(2, "0");
  return Array.from({ length: 24 }, (_, hour) => `${digits(hour)}:${digits(minute)}:00` as LocalTime);
}
