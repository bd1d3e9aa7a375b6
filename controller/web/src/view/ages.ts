import {
  addDays,
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  SECOND_MS,
  toLocal,
} from "@loa/shared/kernel/time.ts";

export type AgeUnit = "second" | "minute" | "hour" | "day";
export interface Age {
  readonly count: number;
  readonly unit: AgeUnit;
}

/** A length of time as a person says it: two of a unit before the next unit takes over, so 119 s but 2 min. */
export function spokenAge(ms: number): Age {
  const length = Math.max(0, ms);
  if (length < 2 * MINUTE_MS) return { count: Math.floor(length / SECOND_MS), unit: "second" };
  if (length < 2 * HOUR_MS) return { count: Math.floor(length / MINUTE_MS), unit: "minute" };
  if (length < 2 * DAY_MS) return { count: Math.floor(length / HOUR_MS), unit: "hour" };
  return { count: Math.floor(length / DAY_MS), unit: "day" };
}

export type DayWord = "yesterday" | "today" | "tomorrow";

/** Local date and time of an instant, with the day as a word where there is one. Seconds only where they matter. */
export function whenOf(at: Instant, now: Instant): { readonly day: DayWord | string; readonly time: string } {
  const { date, time } = toLocal(at);
  const today = toLocal(now).date;
  const shortTime = time.endsWith(":00") ? time.slice(0, 5) : time;
  if (date === today) return { day: "today", time: shortTime };
  if (date === addDays(today, 1)) return { day: "tomorrow", time: shortTime };
  if (date === addDays(today, -1)) return { day: "yesterday", time: shortTime };
  return { day: date, time: shortTime };
}

/** `mm:ss` or `h:mm:ss`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3_600);
  return hours === 0 ? parts.join(":") : [hours, ...parts].join(":");
}
