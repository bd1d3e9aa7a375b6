import { nextStart, type Recurrence, startsBetween } from "@loa/shared/broadcast/recurrence.ts";
import {
  addDays,
  asInstant,
  DAY_MS,
  HOUR_MS,
  type LocalDate,
  type LocalTime,
  localMsOfDay,
  msOfDay,
  plus,
  toInstant,
  toLocal,
  type Weekday,
  weekdayOf,
} from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyRecurrence, recurrenceOf } from "../support/schedules.ts";

const monday = "2026-11-23" as LocalDate;

describe("local time", () => {
  it("has the same second of the day, reckoned or written out", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 4e12 }), (ms) => {
        const at = asInstant(ms);
        expect(localMsOfDay(at)).toBe(msOfDay(toLocal(at).time));
      }),
    );
  });

  it("is UTC+7 in the province, and comes back from an instant unchanged", () => {
    expect(toInstant(monday, "05:00:00" as LocalTime)).toBe(Date.UTC(2026, 10, 22, 22, 0, 0));
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) }), (ms) => {
        const second = asInstant(ms - (ms % 1_000));
        const { date, time } = toLocal(second);
        expect(toInstant(date, time)).toBe(second);
      }),
    );
  });

  it("knows the zone's own history: Saigon kept UTC+8 until 1975", () => {
    expect(toLocal(asInstant(Date.UTC(1970, 0, 1))).time).toBe("08:00:00");
  });
});

describe("starts of a recurrence", () => {
  it("fall on its weekdays, between its dates, never on an exception", () => {
    fc.assert(
      fc.property(anyRecurrence, (rule) => {
        const from = toInstant(addDays(rule.from, -3), "00:00:00" as LocalTime);
        const plain = { ...rule, repeat: null };
        for (const start of startsBetween(plain, from, plus(from, 30 * DAY_MS))) {
          expect(rule.weekdays).toContain(weekdayOf(start.date));
          expect(rule.times).toContain(start.time);
          expect(rule.except).not.toContain(start.date);
          expect(start.date >= rule.from && (rule.to === null || start.date <= rule.to)).toBe(true);
          expect(toInstant(start.date, start.time)).toBe(start.at);
        }
      }),
    );
  });

  it("do not depend on how the window is cut", () => {
    fc.assert(
      fc.property(anyRecurrence, fc.integer({ min: 0, max: 10 * 86_400 }), (rule, cutS) => {
        const from = toInstant(rule.from, "00:00:00" as LocalTime);
        const cut = plus(from, cutS * 1_000);
        const to = plus(from, 10 * DAY_MS);
        const whole = startsBetween(rule, from, to).map((one) => one.at);
        const parts = [...startsBetween(rule, from, cut), ...startsBetween(rule, cut, to)].map(
          (one) => one.at,
        );
        expect(parts).toEqual(whole);
      }),
    );
  });

  it("are in order and name each instant once", () => {
    fc.assert(
      fc.property(anyRecurrence, (rule) => {
        const from = toInstant(rule.from, "00:00:00" as LocalTime);
        const starts = startsBetween(rule, from, plus(from, 20 * DAY_MS)).map((one) => one.at);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
      }),
    );
  });

  it("repeat after the gap, also over midnight into a day that is not theirs", () => {
    const rule: Recurrence = recurrenceOf({
      times: ["23:30:00" as LocalTime],
      weekdays: [weekdayOf(monday)],
      from: monday,
      repeat: { times: 2, everyMs: HOUR_MS },
    });
    const from = toInstant(monday, "00:00:00" as LocalTime);
    expect(startsBetween(rule, from, plus(from, 3 * DAY_MS)).map((one) => `${one.date} ${one.time}`)).toEqual(
      ["2026-11-23 23:30:00", "2026-11-24 00:30:00", "2026-11-24 01:30:00"],
    );
  });

  it("include the start of the window and leave out its end", () => {
    const rule = recurrenceOf({ times: ["05:00:00" as LocalTime], from: monday });
    const at = toInstant(monday, "05:00:00" as LocalTime);
    expect(startsBetween(rule, at, plus(at, 1))).toHaveLength(1);
    expect(startsBetween(rule, plus(at, 1), plus(at, DAY_MS))).toHaveLength(0);
  });

  it("are found one by one as they are found together", () => {
    fc.assert(
      fc.property(anyRecurrence, (rule) => {
        const from = toInstant(rule.from, "00:00:00" as LocalTime);
        const [first] = startsBetween(rule, from, plus(from, 60 * DAY_MS));
        expect(nextStart(rule, from, 60)?.at ?? null).toBe(first?.at ?? null);
      }),
    );
  });

  it("on no weekday of a short range are none", () => {
    const rule = recurrenceOf({ weekdays: [2 as Weekday], from: monday, to: monday });
    expect(
      startsBetween(rule, toInstant(monday, "00:00:00" as LocalTime), asInstant(Date.UTC(2027, 0, 1))),
    ).toEqual([]);
  });
});
