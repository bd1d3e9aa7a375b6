import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { type Instant, type LocalDate, MINUTE_MS, SECOND_MS, toLocal } from "@loa/shared/kernel/time.ts";
import type { Against } from "../api/cabinet-shapes.ts";
import type { Problem } from "../api/http.ts";
import { problemMembers } from "../api/shapes.ts";
import { durationText, spokenAge, whenOf } from "../view/ages.ts";
import { everyDay } from "../view/recurrence-form.ts";
import type { Texts } from "./vi.ts";

/** Sentences made of data, the same way in both languages. */

export function sayAge(t: Texts, at: Instant, now: Instant): string {
  return t.words.age(spokenAge(now - at));
}

/** `17:00 hôm nay`, `05:00 24/11`. */
export function sayWhen(t: Texts, at: Instant, now: Instant): string {
  const { day, time } = whenOf(at, now);
  if (day === "today" || day === "tomorrow" || day === "yesterday") return `${time} ${t.state.day[day]}`;
  return `${time} ${sayDate(day)}`;
}

/** `23/11/2027`: for what ends in months or years. */
export function sayDay(at: Instant): string {
  return sayDate(toLocal(at).date, true);
}

/** Always with seconds: for logs. */
export function sayClock(at: Instant): string {
  return toLocal(at).time;
}

/** `24/11`, with the year when asked. Both languages: the province writes day before month. */
export function sayDate(date: LocalDate | string, withYear = false): string {
  const [year = "", month = "", day = ""] = date.split("-");
  return withYear ? `${day}/${month}/${year}` : `${day}/${month}`;
}

export function sayTime(time: string): string {
  return time.endsWith(":00") && time.length === 8 ? time.slice(0, 5) : time;
}

export function sayProblem(t: Texts, problem: Problem): string {
  const sentence = sayCode(t, problem);
  const more = problemMembers.safeParse(problem.body);
  if (!more.success) return sentence;
  const { detail, waitMs } = more.data;
  if (detail?.kind === "broke-at") return `${sentence} ${t.state.brokeAt(sayNumber(t, detail.second))}`;
  if (waitMs !== undefined) return `${sentence} ${t.state.waitFor(t.words.age(spokenAge(waitMs)))}`;
  return sentence;
}

function sayCode(t: Texts, problem: Problem): string {
  return t.words.problem[problem.code] ?? t.words.problemUnknown(problem.code, problem.status);
}

/** Lower case, to stand in a list. */
export function sayAgainst(t: Texts, one: Against): string {
  switch (one.kind) {
    case "presence":
      return t.words.presenceAgainst[one.state];
    case "cause":
      return t.words.cause[one.cause];
    case "fault":
      return t.words.fault[one.fault].toLowerCase();
    case "no-look":
      return t.readiness.noLook;
  }
}

export function sayRecurrence(t: Texts, rule: Recurrence): string {
  const times = t.schedules.at(rule.times.map(sayTime).join(", "));
  const parts =
    rule.to === rule.from
      ? [times, t.schedules.once(sayDate(rule.from, true))]
      : [times, ...sayDays(t, rule)];
  if (rule.except.length > 0)
    parts.push(t.schedules.except(rule.except.map((date) => sayDate(date)).join(", ")));
  if (rule.repeat !== null)
    parts.push(t.schedules.repeated(rule.repeat.times, rule.repeat.everyMs / MINUTE_MS));
  return parts.join("; ");
}

function sayDays(t: Texts, rule: Recurrence): readonly string[] {
  const days =
    rule.weekdays.length === everyDay.length
      ? t.schedules.everyDay
      : [...rule.weekdays]
          .sort()
          .map((day) => t.words.weekday[day])
          .join(", ");
  const from = sayDate(rule.from, true);
  return [
    days,
    rule.to === null ? t.schedules.fromOn(from) : t.schedules.fromTo(from, sayDate(rule.to, true)),
  ];
}

/** A measured value with its unit; switches in words. */
export function sayValue(t: Texts, value: number | null, unit: string): string {
  if (value === null) return t.box.invalid;
  if (unit === "bool") return t.words.bool(value !== 0);
  return `${sayNumber(t, value)} ${unit}`;
}

export function sayNumber(t: Texts, value: number): string {
  const size = Math.abs(value);
  // The current of an open line is some milliamperes, and not none.
  const digits = size < 0.1 ? 3 : size < 10 ? 2 : size < 1_000 ? 1 : 0;
  const text = String(Number(value.toFixed(digits))).replace("-", "−");
  return t.languageName === "English" ? text : text.replace(".", ",");
}

/** Of persons or rows, a whole number: six thousand is `6.042` in Vietnamese. */
export function sayCount(t: Texts, count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, t.languageName === "English" ? "," : ".");
}

/** `1 giờ 30 phút`: `1:30:00` could be a time of day. What is no whole number of minutes is told to the second. */
export function sayLength(t: Texts, ms: number): string {
  if (ms < MINUTE_MS || ms % MINUTE_MS !== 0) return durationText(ms);
  const minutes = ms / MINUTE_MS;
  const parts = [
    { count: Math.floor(minutes / 60), unit: "hour" },
    { count: minutes % 60, unit: "minute" },
  ] as const;
  return parts
    .filter(({ count }) => count > 0)
    .map(t.words.age)
    .join(" ");
}

/** `12,3 MB`, of 1,000,000 bytes as mobile contracts count. */
export function sayMegabytes(t: Texts, bytes: number): string {
  return `${sayNumber(t, bytes / 1_000_000)} MB`;
}

/** `11/2026` of `2026-11`. */
export function sayMonth(month: string): string {
  const [year = "", number = ""] = month.split("-");
  return `${number}/${year}`;
}

/** `+12 %`, with a true minus. */
export function sayChange(t: Texts, share: number): string {
  const percent = Math.round(share * 100);
  return `${percent > 0 ? "+" : ""}${sayNumber(t, percent)} %`;
}

export function sayCapability(t: Texts, capability: Capability): string {
  return t.words.capability[capability];
}

/** `12 giây` until an instant that lies ahead. */
export function sayUntil(t: Texts, at: Instant, now: Instant): string {
  const ms = Math.max(0, at - now);
  return t.words.age(spokenAge(Math.ceil(ms / SECOND_MS) * SECOND_MS));
}
