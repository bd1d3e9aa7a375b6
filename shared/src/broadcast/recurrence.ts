import { z } from "zod";
import {
  addDays,
  DAY_MS,
  HOUR_MS,
  type Instant,
  type LocalDate,
  type LocalTime,
  localDate,
  localTime,
  plus,
  toInstant,
  toLocal,
  weekday,
  weekdayOf,
} from "../kernel/time.ts";

/** Repeats run from the start of one to the start of the next, and never past the next day's same time. */
export const repeat = z.object({
  times: z.number().int().min(1).max(20),
  everyMs: z
    .number()
    .int()
    .min(60_000)
    .max(12 * HOUR_MS),
});

/** When something starts: times of day on some weekdays between two dates, both inclusive, except some days. */
export const recurrence = z.object({
  times: z.array(localTime).min(1).max(24),
  weekdays: z.array(weekday).min(1).max(7),
  from: localDate,
  to: localDate.nullable(),
  except: z.array(localDate).max(366),
  /** Further starts after each time; null for none. */
  repeat: repeat.nullable(),
});
export type Recurrence = z.infer<typeof recurrence>;

/** One dated start, named by its local date and time. */
export interface Start {
  readonly at: Instant;
  readonly date: LocalDate;
  readonly time: LocalTime;
}

/** Starts in `[from, to)`, in order, each instant once. */
export function startsBetween(rule: Recurrence, from: Instant, to: Instant): readonly Start[] {
  if (to <= from) return [];
  const reachMs = rule.repeat === null ? 0 : rule.repeat.times * rule.repeat.everyMs;
  const first = later(toLocal(plus(from, -reachMs)).date, rule.from);
  const last = earlier(toLocal(to).date, rule.to);
  const found = new Map<Instant, Start>();
  for (let date = first; date <= last; date = addDays(date, 1)) {
    if (!rule.weekdays.includes(weekdayOf(date)) || rule.except.includes(date)) continue;
    for (const time of rule.times) addStarts(found, rule, toInstant(date, time), from, to);
  }
  return [...found.values()].sort((a, b) => a.at - b.at);
}

function addStarts(
  found: Map<Instant, Start>,
  rule: Recurrence,
  base: Instant,
  from: Instant,
  to: Instant,
): void {
  const count = rule.repeat?.times ?? 0;
  for (let index = 0; index <= count; index += 1) {
    const at = plus(base, index * (rule.repeat?.everyMs ?? 0));
    if (at >= from && at < to) found.set(at, { at, ...toLocal(at) });
  }
}

/** The first start at or after `from`, looked for over at most `horizonDays`. */
export function nextStart(rule: Recurrence, from: Instant, horizonDays = 366): Start | null {
  if (rule.to !== null && toLocal(from).date > addDays(rule.to, 11)) return null;
  const begin = Math.max(from, toInstant(rule.from, "00:00:00" as LocalTime)) as Instant;
  for (let day = 0; day < horizonDays; day += 1) {
    const at = plus(begin, day * DAY_MS);
    if (rule.to !== null && toLocal(at).date > addDays(rule.to, 11)) return null;
    const [start] = startsBetween(rule, at, plus(at, DAY_MS));
    if (start !== undefined) return start;
  }
  return null;
}

function later(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}

function earlier(a: LocalDate, b: LocalDate | null): LocalDate {
  return b !== null && b < a ? b : a;
}
