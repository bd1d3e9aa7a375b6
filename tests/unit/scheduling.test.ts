import type { PlanTables, ScheduleInput } from "@loa/controller/domain/plan-tables.ts";
import { atTurn, madeOf } from "@loa/controller/domain/planned-schedule.ts";
import { NO_RENDITIONS } from "@loa/controller/domain/rendition.ts";
import { dryRun, LOOK_AHEAD_MS, type SchedulingWorld } from "@loa/controller/domain/scheduling.ts";
import { occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { type AirRules, combineRules, NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import type { AreaId, BulletinId, ProgrammeId, ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import {
  DAY_MS,
  type Instant,
  type LocalDate,
  type LocalTime,
  plus,
  toInstant,
  type Weekday,
} from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { airProblems } from "../support/air-problems.ts";
import { cpuMsOf } from "../support/cpu-time.ts";
import { anyRecurrence, recurrenceOf } from "../support/schedules.ts";

const id = (name: string) => name as AreaId;
const now = toInstant("2026-11-23" as LocalDate, "07:00:00" as LocalTime);
const minutes = (count: number) => count * 60_000;

/** A programme for each length in minutes. */
const programmeOf = (lengthMinutes: number) => `programme-${lengthMinutes}` as ProgrammeId;
const lengths = [1, 5, 10, 30];

function scheduleInput(changed: Partial<ScheduleInput> & { length?: number } = {}): ScheduleInput {
  const { length = 10, ...rest } = changed;
  return {
    id: "draft" as ScheduleId,
    title: "Bản tin",
    class: "normal",
    order: 0,
    recurrence: recurrenceOf({ times: ["17:00:00" as LocalTime] }),
    effectiveFrom: now,
    programmeId: programmeOf(length),
    areas: [id("tinh")],
    chime: false,
    turns: false,
    standing: "in-force",
    exception: false,
    ...rest,
  };
}

/** A province with two communes of 10 and 5 boxes; «xa-1» has a village with 2 more. */
function worldOf(
  changed: {
    readonly schedules?: readonly ScheduleInput[];
    readonly rules?: Readonly<Record<string, Partial<AirRules>>>;
    readonly mayScheduleIn?: (area: AreaId) => boolean;
    readonly now?: Instant;
  } = {},
): SchedulingWorld {
  const place = (areaId: string, parentId: string | null) => ({
    areaId: id(areaId),
    parentId: parentId === null ? null : id(parentId),
    from: "2020-01-01" as LocalDate,
    to: null,
  });
  const rules = Object.entries(changed.rules ?? {}).map(
    ([area, some]) => [id(area), { ...NO_RULES, ...some }] as const,
  );
  const tables: PlanTables = {
    placements: [place("tinh", null), place("xa-1", "tinh"), place("thon", "xa-1"), place("xa-2", "tinh")],
    rules: new Map(rules),
    schedules: changed.schedules ?? [],
    settings: new Map(),
    relays: new Map(),
    renditions: NO_RENDITIONS,
    ahead: [],
    programmes: new Map(
      lengths.map((length) => [
        programmeOf(length),
        [{ bulletin: `b-${length}` as BulletinId, end: "soft" }],
      ]),
    ),
    clips: new Map(
      lengths.map((length) => [
        `b-${length}` as BulletinId,
        {
          sha256: String(length).padStart(64, "0") as Sha256,
          sizeBytes: 1,
          durationMs: minutes(length),
          gainDb: 0,
        },
      ]),
    ),
  };
  return {
    tables,
    boxes: [
      { areaId: id("xa-1"), turn: 0, boxes: 10 },
      { areaId: id("thon"), turn: 0, boxes: 2 },
      { areaId: id("xa-2"), turn: 0, boxes: 5 },
    ],
    names: new Map([[id("tinh"), "Tỉnh"]]),
    mayScheduleIn: changed.mayScheduleIn ?? (() => true),
    now: changed.now ?? now,
  };
}

const at = (date: string, time: string) => toInstant(date as LocalDate, time as LocalTime);

describe("a dry run", () => {
  it("tells the starts of the next 24 hours, each with all its boxes", () => {
    const recurrence = recurrenceOf({ times: ["05:00:00", "17:00:00"] as LocalTime[] });
    const result = dryRun(scheduleInput({ recurrence }), worldOf());
    expect(result).toMatchObject({ ok: true, problems: [], firstAt: at("2026-11-23", "17:00:00") });
    expect(result.starts.map(({ at: start, boxes }) => [start, boxes])).toEqual([
      [at("2026-11-23", "17:00:00"), 17],
      [at("2026-11-24", "05:00:00"), 17],
    ]);
  });

  it("starts nothing that was due before it was made", () => {
    const recurrence = recurrenceOf({ times: ["06:55:00" as LocalTime] });
    const result = dryRun(scheduleInput({ recurrence }), worldOf());
    expect(result.starts.map((one) => one.at)).toEqual([at("2026-11-24", "06:55:00")]);
  });

  it("says of what is over that it is in the past", () => {
    const recurrence = recurrenceOf({ times: ["06:00:00" as LocalTime], to: "2026-11-23" as LocalDate });
    const result = dryRun(scheduleInput({ recurrence }), worldOf());
    expect(result.problems).toMatchObject([{ code: "in-the-past", boxes: 17 }]);
    expect(result).toMatchObject({ ok: false, needsException: false, firstAt: null, starts: [] });
  });

  it("looks at a schedule that begins in months as it does at one of today", () => {
    const recurrence = recurrenceOf({ from: "2027-02-01" as LocalDate, times: ["23:00:00" as LocalTime] });
    const quiet = { quietHours: [{ from: "22:00:00" as LocalTime, to: "05:00:00" as LocalTime }] };
    const result = dryRun(scheduleInput({ recurrence }), worldOf({ rules: { tinh: quiet } }));
    expect(result.firstAt).toBe(at("2027-02-01", "23:00:00"));
    expect(result.starts).toEqual([]);
    expect(result.problems).toMatchObject([{ code: "quiet-hours", at: at("2027-02-01", "23:00:00") }]);
  });

  it("tells a rule once, at the highest area that has it, with the boxes below", () => {
    const quiet = { quietHours: [{ from: "16:00:00" as LocalTime, to: "18:00:00" as LocalTime }] };
    const result = dryRun(scheduleInput(), worldOf({ rules: { "xa-1": quiet, thon: quiet } }));
    expect(result.problems).toMatchObject([{ code: "quiet-hours", areaId: "xa-1", boxes: 12, times: 28 }]);
    expect(result.needsException).toBe(true);
    const all = dryRun(scheduleInput(), worldOf({ rules: { tinh: quiet, "xa-1": quiet } }));
    expect(all.problems).toMatchObject([{ areaId: "tinh", boxes: 17 }]);
  });

  it("tells a clash once, where the two schedules meet", () => {
    const other = scheduleInput({
      id: "other" as ScheduleId,
      title: "Tin xã",
      areas: [id("xa-1")],
      recurrence: recurrenceOf({ times: ["17:05:00" as LocalTime], weekdays: [1] as Weekday[] }),
    });
    const result = dryRun(scheduleInput(), worldOf({ schedules: [other] }));
    expect(result.problems).toMatchObject([
      { code: "clash", areaId: "xa-1", withScheduleId: "other", withTitle: "Tin xã", boxes: 12, times: 4 },
    ]);
    expect(result.needsException).toBe(false);
  });

  it("finds no clash with what is withdrawn, waits, has another order or class, or just ended", () => {
    const others = [
      scheduleInput({ id: "a" as ScheduleId, standing: "withdrawn" }),
      scheduleInput({ id: "b" as ScheduleId, standing: "waiting" }),
      scheduleInput({ id: "c" as ScheduleId, order: 1 }),
      scheduleInput({ id: "d" as ScheduleId, class: "priority" }),
      scheduleInput({
        id: "e" as ScheduleId,
        recurrence: recurrenceOf({ times: ["16:50:00" as LocalTime] }),
      }),
      scheduleInput({ id: "f" as ScheduleId, recurrence: recurrenceOf({ to: "2026-11-01" as LocalDate }) }),
    ];
    expect(dryRun(scheduleInput(), worldOf({ schedules: others })).problems).toEqual([]);
  });

  it("finds that a schedule runs into its own next start", () => {
    const recurrence = recurrenceOf({
      times: ["17:00:00" as LocalTime],
      repeat: { times: 2, everyMs: minutes(5) },
    });
    const result = dryRun(scheduleInput({ recurrence }), worldOf());
    expect(result.problems).toMatchObject([{ code: "clash", withScheduleId: "draft" }]);
  });

  it("counts the sessions of a day with those that are there already", () => {
    const other = scheduleInput({
      id: "other" as ScheduleId,
      areas: [id("xa-2")],
      recurrence: recurrenceOf({ times: ["05:00:00", "11:00:00"] as LocalTime[] }),
    });
    const rules = { tinh: { maxSessionsPerDay: 2 } };
    const result = dryRun(scheduleInput(), worldOf({ schedules: [other], rules }));
    expect(result.problems).toMatchObject([
      { code: "too-many-sessions", areaId: "tinh", limit: 2, boxes: 5 },
    ]);
    const elsewhere = dryRun(scheduleInput({ areas: [id("xa-1")] }), worldOf({ schedules: [other], rules }));
    expect(elsewhere.problems).toEqual([]);
  });

  it("says nothing about areas that are not yours but that", () => {
    const world = worldOf({ mayScheduleIn: (area) => area === "xa-2" });
    const result = dryRun(scheduleInput({ areas: [id("xa-2"), id("xa-1"), id("nowhere")] }), world);
    expect(result.problems.map(({ code, areaId }) => [code, areaId])).toEqual([
      ["area-not-yours", "xa-1"],
      ["area-not-yours", "nowhere"],
    ]);
    expect(result.explanation).toEqual([]);
  });

  it("refuses what would make a plan too large for its message", () => {
    const many = Array.from({ length: 70 }, (_, index) =>
      scheduleInput({
        id: `schedule-${index}` as ScheduleId,
        title: "x".repeat(100),
        order: index + 1,
        areas: [id("thon")],
      }),
    );
    const result = dryRun(scheduleInput({ areas: [id("xa-1"), id("xa-2")] }), worldOf({ schedules: many }));
    expect(result.problems).toMatchObject([{ code: "plan-too-large", areaId: "thon", boxes: 2 }]);
  });

  it("explains the rules of the chosen areas, and of those below that have their own", () => {
    const rules = { tinh: { maxSessionsPerDay: 6 }, "xa-2": { maxSessionsPerDay: 4 } };
    const { explanation } = dryRun(scheduleInput(), worldOf({ rules }));
    expect(explanation.map((one) => [one.areaId, one.boxes, one.rules.maxSessionsPerDay])).toEqual([
      ["tinh", 17, 6],
      ["xa-2", 5, 4],
    ]);
  });

  it("takes well under a second for 111 communes with 20 schedules each", async () => {
    const communes = Array.from({ length: 111 }, (_, index) => id(`xa-${index}`));
    const schedules = communes.flatMap((area) =>
      Array.from({ length: 20 }, (_, index) =>
        scheduleInput({
          id: `${area}-${index}` as ScheduleId,
          areas: [area],
          recurrence: recurrenceOf({ times: [`05:${10 + index}:00`, `18:${10 + index}:00`] as LocalTime[] }),
          length: 1,
        }),
      ),
    );
    const world = worldOf({ schedules, rules: { tinh: { maxSessionsPerDay: 100 } } });
    const placements = [
      ...world.tables.placements.slice(0, 1),
      ...communes.map((areaId) => ({
        areaId,
        parentId: id("tinh"),
        from: "2020-01-01" as LocalDate,
        to: null,
      })),
    ];
    const boxes = communes.map((areaId) => ({ areaId, turn: 0, boxes: 90 }));
    const large = { ...world, tables: { ...world.tables, placements }, boxes };
    const cpuMs = await cpuMsOf(() => {
      expect(dryRun(scheduleInput(), large).starts[0]?.boxes).toBe(9_990);
    });
    expect(cpuMs).toBeLessThan(1_000);
  });
});

describe("whatever is scheduled and ruled", () => {
  const anyRules: fc.Arbitrary<AirRules> = fc.record({
    quietHours: fc.constantFrom([], [{ from: "21:00:00" as LocalTime, to: "05:00:00" as LocalTime }]),
    weekdays: fc.constantFrom(null, [1, 2, 3, 4, 5] as Weekday[]),
    maxSessionsPerDay: fc.constantFrom(null, 1, 3),
    maxSessionMs: fc.constantFrom(null, minutes(5)),
  });
  const anyInput = (name: string) =>
    fc
      .record({
        recurrence: anyRecurrence,
        length: fc.constantFrom(...lengths),
        order: fc.constantFrom(0, 1),
        areas: fc.constantFrom([id("tinh")], [id("xa-1")], [id("thon")], [id("xa-2")]),
        chime: fc.boolean(),
        turns: fc.boolean(),
      })
      .map((some) => scheduleInput({ id: name as ScheduleId, effectiveFrom: 0 as Instant, ...some }));

  it("a dry run without problems leaves none in the agenda of any box", () => {
    fc.assert(
      fc.property(anyInput("draft"), anyInput("other"), anyRules, anyRules, (draft, other, above, below) => {
        const plain = worldOf({ schedules: [other], rules: { tinh: above, "xa-1": below } });
        const turns = [0, 1, 3];
        const boxes = turns.map((turn) => ({ areaId: id("xa-1"), turn, boxes: 1 }));
        const world = { ...plain, boxes: [...boxes, { areaId: id("xa-2"), turn: 0, boxes: 5 }] };
        const result = dryRun(draft, world);
        if (!result.ok || result.firstAt === null) return;
        const until = plus(result.firstAt, LOOK_AHEAD_MS - DAY_MS);
        const lineage = [id("xa-1"), id("tinh")];
        const there = [draft, other].filter((one) => one.areas.some((area) => lineage.includes(area)));
        const made = there.flatMap((one) => madeOf(one, world.tables) ?? []);
        for (const turn of turns) {
          const planned = made.map((one) => atTurn(one, turn));
          const due = occurrencesBetween(planned, now, until);
          const ours = airProblems(due, combineRules([above, below])).filter(
            (problem) =>
              problem.kind !== "too-many-sessions" &&
              (problem.occurrence.scheduleId === "draft" ||
                (problem.kind === "clash" && problem.with.scheduleId === "draft")),
          );
          expect(ours).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
