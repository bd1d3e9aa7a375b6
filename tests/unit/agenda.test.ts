import { type Occurrence, occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import {
  type AirRules,
  combineRules,
  isQuiet,
  NO_RULES,
  touchesQuietHours,
} from "@loa/shared/broadcast/air-rules.ts";
import { onAir, type Progress } from "@loa/shared/broadcast/on-air.ts";
import {
  DAY_MS,
  type LocalDate,
  type LocalTime,
  MINUTE_MS,
  plus,
  SECOND_MS,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { airProblems, clashesIn } from "../support/air-problems.ts";
import { anyRecurrence, recurrenceOf, scheduleOf } from "../support/schedules.ts";

const day = "2026-11-23" as LocalDate;
const at = (time: string) => toInstant(day, time as LocalTime);
const night = [{ from: "21:00:00" as LocalTime, to: "05:00:00" as LocalTime }];

function dayOf(...schedules: Parameters<typeof scheduleOf>[0][]): readonly Occurrence[] {
  return occurrencesBetween(schedules.map(scheduleOf), at("00:00:00"), plus(at("00:00:00"), DAY_MS));
}

describe("the agenda", () => {
  it("never holds a start from before the schedule was made", () => {
    const made = at("05:00:01");
    expect(dayOf({ effectiveFrom: made })).toEqual([]);
    expect(dayOf({ effectiveFrom: at("05:00:00") })).toHaveLength(1);
  });

  it("names a clash for every pair that overlaps with the same rung and order, and only for those", () => {
    fc.assert(
      fc.property(
        anyRecurrence,
        anyRecurrence,
        fc.integer({ min: 1, max: 7_200_000 }),
        (first, second, durationMs) => {
          const items = [{ ...scheduleOf().items[0], durationMs }] as ReturnType<typeof scheduleOf>["items"];
          const schedules = [
            scheduleOf({ id: "one", recurrence: first, items }),
            scheduleOf({ id: "two", recurrence: second, items }),
          ];
          const from = toInstant("2026-11-20" as LocalDate, "00:00:00" as LocalTime);
          const all = occurrencesBetween(schedules, from, plus(from, 3 * DAY_MS));
          let pairs = 0;
          for (const [index, a] of all.entries())
            for (const b of all.slice(index + 1)) if (b.at < a.endsAt && a.at < b.endsAt) pairs += 1;
          expect(clashesIn(all)).toHaveLength(pairs);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("calls no clash where the ladder or the commune's own order decides", () => {
    expect(clashesIn(dayOf({ id: "a" }, { id: "b", class: "priority" }))).toEqual([]);
    expect(
      clashesIn(dayOf({ id: "a", class: "priority", order: 1 }, { id: "b", class: "priority", order: 2 })),
    ).toEqual([]);
    expect(clashesIn(dayOf({ id: "a" }, { id: "b" }))).toHaveLength(1);
  });

  it("finds quiet hours, days, caps and lengths, and lets a confirmed exception through", () => {
    const rules: AirRules = {
      quietHours: night,
      weekdays: [1, 2, 3, 4, 5],
      maxSessionsPerDay: 1,
      maxSessionMs: 30_000,
    };
    const early = recurrenceOf({ times: ["04:30:00" as LocalTime, "06:00:00" as LocalTime] });
    const kinds = airProblems(dayOf({ recurrence: early }), rules).map((one) => one.kind);
    expect(kinds.sort()).toEqual([
      "quiet-hours",
      "session-too-long",
      "session-too-long",
      "too-many-sessions",
    ]);
    expect(airProblems(dayOf({ recurrence: early, exception: true }), rules)).toEqual([]);
  });
});

describe("quiet hours", () => {
  it("run over midnight, start inclusive and end exclusive", () => {
    expect(isQuiet(night, at("21:00:00"))).toBe(true);
    expect(isQuiet(night, at("04:59:59"))).toBe(true);
    expect(isQuiet(night, at("05:00:00"))).toBe(false);
    expect(isQuiet(night, at("20:59:59"))).toBe(false);
  });

  it("are touched exactly when some second of the sound lies in them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 86_399 }),
        fc.integer({ min: 1, max: 7_200 }),
        (startS, lengthS) => {
          const from = plus(at("00:00:00"), startS * SECOND_MS);
          const seconds = Array.from({ length: lengthS }, (_, second) => plus(from, second * SECOND_MS));
          expect(touchesQuietHours(night, from, plus(from, lengthS * SECOND_MS))).toBe(
            seconds.some((one) => isQuiet(night, one)),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it("of all areas above hold together: the strictest of each rule", () => {
    const commune: AirRules = { ...NO_RULES, maxSessionsPerDay: 2, weekdays: [1, 2, 3] };
    const province: AirRules = {
      quietHours: night,
      weekdays: [2, 3, 4],
      maxSessionsPerDay: 3,
      maxSessionMs: MINUTE_MS,
    };
    expect(combineRules([commune, province])).toEqual({
      quietHours: night,
      weekdays: [2, 3],
      maxSessionsPerDay: 2,
      maxSessionMs: MINUTE_MS,
    });
  });
});

describe("on air", () => {
  const inputs = (occurrences: readonly Occurrence[], progress: Record<string, Progress> = {}) => ({
    occurrences,
    progressOf: (id: string) => progress[id] ?? null,
    stoppedAt: null,
    rules: NO_RULES,
    limits: null,
    isSilenced: false,
  });

  it("has at most one holder, and it is due, not over and not void", () => {
    fc.assert(
      fc.property(anyRecurrence, anyRecurrence, fc.integer({ min: 0, max: 3 * 86_400 }), (a, b, second) => {
        const from = toInstant("2026-11-20" as LocalDate, "00:00:00" as LocalTime);
        const all = occurrencesBetween(
          [scheduleOf({ id: "a", recurrence: a }), scheduleOf({ id: "b", recurrence: b, class: "priority" })],
          from,
          plus(from, 3 * DAY_MS),
        );
        const now = plus(from, second * SECOND_MS);
        const { holder, waiting } = onAir(inputs(all), now);
        if (holder !== null) {
          expect(holder.occurrence.at).toBeLessThanOrEqual(now);
          expect(holder.positionMs).toBeLessThan(holder.occurrence.durationMs);
        }
        expect(waiting.some((one) => one === holder?.occurrence)).toBe(false);
        if (waiting.some((one) => one.rung === "priority")) expect(holder?.occurrence.rung).toBe("priority");
      }),
    );
  });

  it("says when to look again, and the answer does not change before", () => {
    fc.assert(
      fc.property(
        anyRecurrence,
        fc.integer({ min: 0, max: 86_400 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (rule, second, part) => {
          const from = toInstant("2026-11-20" as LocalDate, "00:00:00" as LocalTime);
          const all = occurrencesBetween([scheduleOf({ recurrence: rule })], from, plus(from, 3 * DAY_MS));
          const now = plus(from, second * SECOND_MS);
          const first = onAir(inputs(all), now);
          if (first.lookAgainAt === null) return;
          const between = plus(now, Math.floor((first.lookAgainAt - now - 1) * part));
          const later = onAir(inputs(all), between);
          // The last second of a start that nobody noted is the one exception: it is not worth joining.
          const isNearEnd = first.holder !== null && first.holder.occurrence.endsAt - between <= 1_000;
          if (!isNearEnd) expect(later.holder?.occurrence.id).toBe(first.holder?.occurrence.id);
        },
      ),
    );
  });

  it("lets a priority item cut in, and the interrupted one goes on exactly where it was", () => {
    const [first] = dayOf({ id: "news" });
    const [cut] = dayOf({
      id: "urgent",
      class: "priority",
      recurrence: recurrenceOf({ times: ["05:00:20" as LocalTime] }),
    });
    if (first === undefined || cut === undefined) throw new Error("no occurrences");
    const during = onAir(inputs([first, cut]), at("05:00:30"));
    expect(during.holder?.occurrence.id).toBe(cut.id);
    expect(during.waiting.map((one) => one.id)).toEqual([first.id]);
    const paused = {
      [first.id]: { offsetMs: 20_000, since: null, isOver: false },
      [cut.id]: { offsetMs: 0, since: cut.at, isOver: true },
    };
    const after = onAir(inputs([first, cut], paused), at("05:01:20"));
    expect(after.holder).toEqual({ occurrence: first, positionMs: 20_000 });
  });

  it("after STOP plays nothing that was due before it, and everything that is due later", () => {
    const all = dayOf({
      recurrence: recurrenceOf({ times: ["05:00:00" as LocalTime, "05:30:00" as LocalTime] }),
    });
    const stopped = { ...inputs(all), stoppedAt: at("05:00:10") };
    expect(onAir(stopped, at("05:00:11")).holder).toBeNull();
    expect(onAir(stopped, at("05:30:01")).holder?.occurrence.at).toBe(at("05:30:00"));
  });

  it("is silent in quiet hours, but for a confirmed exception", () => {
    const rules = { ...NO_RULES, quietHours: night };
    const early = recurrenceOf({ times: ["04:30:00" as LocalTime] });
    const bound = onAir({ ...inputs(dayOf({ recurrence: early })), rules }, at("04:30:01"));
    expect(bound.holder).toBeNull();
    expect(bound.quieted).toHaveLength(1);
    expect(
      onAir({ ...inputs(dayOf({ recurrence: early, exception: true })), rules }, at("04:30:01")).holder,
    ).not.toBeNull();
  });
});
