import { z } from "zod";
import {
  type Instant,
  localMsOfDay,
  localTime,
  MINUTE_MS,
  msOfDay,
  toLocal,
  type Weekday,
  weekday,
  weekdayOf,
} from "../kernel/time.ts";

/** Local times, the start inclusive and the end exclusive; a span whose end is not after its start runs over midnight. */
export const timeSpan = z.object({ from: localTime, to: localTime });
export type TimeSpan = z.infer<typeof timeSpan>;

/** What an area allows on its air. Quiet hours and caps bind everything but emergencies and confirmed exceptions. */
export const airRules = z.object({
  quietHours: z.array(timeSpan).max(8),
  /** Weekdays on which anything may play; null for all. */
  weekdays: z.array(weekday).min(1).max(7).nullable(),
  maxSessionsPerDay: z.number().int().min(1).max(100).nullable(),
  maxSessionMs: z.number().int().min(MINUTE_MS).nullable(),
});
export type AirRules = z.infer<typeof airRules>;

export const NO_RULES: AirRules = {
  quietHours: [],
  weekdays: null,
  maxSessionsPerDay: null,
  maxSessionMs: null,
};

/** The rules of an area and all above it together: the strictest of each. */
export function combineRules(rules: readonly AirRules[]): AirRules {
  return rules.reduce(
    (all, one) => ({
      quietHours: [
        ...all.quietHours,
        ...one.quietHours.filter((span) => !all.quietHours.some((known) => same(known, span))),
      ],
      weekdays:
        all.weekdays === null
          ? one.weekdays
          : one.weekdays === null
            ? all.weekdays
            : both(all.weekdays, one.weekdays),
      maxSessionsPerDay: least(all.maxSessionsPerDay, one.maxSessionsPerDay),
      maxSessionMs: least(all.maxSessionMs, one.maxSessionMs),
    }),
    NO_RULES,
  );
}

/** Whether the sound between two instants touches quiet hours. */
export function touchesQuietHours(quietHours: readonly TimeSpan[], from: Instant, to: Instant): boolean {
  if (quietHours.length === 0) return false;
  if (to - from >= 24 * 60 * MINUTE_MS) return true;
  const start = localMsOfDay(from);
  const end = start + Math.max(1, to - from);
  return quietHours.some((span) => spansOverTwoDays(span).some(([a, b]) => start < b && end > a));
}

export function isQuiet(quietHours: readonly TimeSpan[], at: Instant): boolean {
  return touchesQuietHours(quietHours, at, at);
}

/** The next instant, after `at`, at which quiet hours begin or end; null when there are none. */
export function nextQuietEdge(quietHours: readonly TimeSpan[], at: Instant): Instant | null {
  const start = localMsOfDay(at);
  const edges = quietHours.flatMap((span) => [msOfDay(span.from), msOfDay(span.to)]);
  const ahead = edges.map((edge) => (edge > start ? edge - start : edge - start + DAY));
  return ahead.length === 0 ? null : ((at - (at % 1_000) + Math.min(...ahead)) as Instant);
}

export function isAllowedDay(rules: AirRules, at: Instant): boolean {
  return rules.weekdays === null || rules.weekdays.includes(weekdayOf(toLocal(at).date));
}

const DAY = 24 * 60 * MINUTE_MS;

function spansOverTwoDays(span: TimeSpan): readonly (readonly [number, number])[] {
  const from = msOfDay(span.from);
  const to = msOfDay(span.to);
  const length = to > from ? to - from : to - from + DAY;
  return [
    [from - DAY, from - DAY + length],
    [from, from + length],
    [from + DAY, from + DAY + length],
  ];
}

function same(a: TimeSpan, b: TimeSpan): boolean {
  return a.from === b.from && a.to === b.to;
}

function both(a: readonly Weekday[], b: readonly Weekday[]): Weekday[] {
  return a.filter((day) => b.includes(day));
}

function least(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
