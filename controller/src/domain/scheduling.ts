import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import {
  type AirRules,
  combineRules,
  isAllowedDay,
  touchesQuietHours,
} from "@loa/shared/broadcast/air-rules.ts";
import { lineageOf, subtreeOf } from "@loa/shared/broadcast/area.ts";
import { MAX_PROGRAMME_MS } from "@loa/shared/broadcast/content.ts";
import { MAX_PLAN_BYTES, type PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import { nextStart } from "@loa/shared/broadcast/recurrence.ts";
import type { AreaId, OccurrenceId, ScheduleId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, type Instant, plus, toLocal } from "@loa/shared/kernel/time.ts";
import {
  type AreaBoxes,
  dayOf,
  occurrenceCache,
  type ReachedArea,
  reachedAreas,
  type ScheduleMap,
  scheduleMap,
  schedulesAlong,
} from "./draft-world.ts";
import { mayMeet, mostSessionsADay, overlapping } from "./meeting-times.ts";
import { MAX_PLANNED_SCHEDULES, utf8Length } from "./plan-compiler.ts";
import type { PlanTables, ScheduleInput } from "./plan-tables.ts";
import { plannedOf } from "./planned-schedule.ts";

/** Problems that a second person may allow; the others have to be mended. */
export const rulesThatYield = [
  "quiet-hours",
  "day-not-allowed",
  "too-many-sessions",
  "session-too-long",
] as const;

export type SchedulingCode =
  | (typeof rulesThatYield)[number]
  | "clash"
  | "in-the-past"
  | "no-boxes"
  | "no-content"
  | "area-not-yours"
  | "plan-too-large";

/** One thing that is wrong, told once however often it would happen. What does not apply is null. */
export interface SchedulingProblem {
  readonly code: SchedulingCode;
  /** Where the rule stands, or where both schedules meet. */
  readonly areaId: AreaId | null;
  /** The first occurrence that it happens to. */
  readonly occurrenceId: OccurrenceId | null;
  readonly at: Instant | null;
  readonly withScheduleId: ScheduleId | null;
  readonly withTitle: string | null;
  /** Sessions a day, milliseconds or bytes, as the code says. */
  readonly limit: number | null;
  /** How many occurrences of the time that was looked at. */
  readonly times: number;
  readonly boxes: number;
}

export interface DryRun {
  readonly ok: boolean;
  /** Only rules stand in the way that a second person may lift. */
  readonly needsException: boolean;
  /** The first start of all; null when there is none. */
  readonly firstAt: Instant | null;
  /** Of the next 24 hours. */
  readonly starts: readonly {
    readonly occurrenceId: OccurrenceId;
    readonly at: Instant;
    readonly endsAt: Instant;
    readonly boxes: number;
  }[];
  readonly problems: readonly SchedulingProblem[];
  /** The chosen areas, and those below them that have rules of their own. */
  readonly explanation: readonly {
    readonly areaId: AreaId;
    readonly areaName: string;
    readonly boxes: number;
    readonly rules: AirRules;
  }[];
}

export interface SchedulingWorld {
  /** What is scheduled already, and the programme and clips of the draft. */
  readonly tables: PlanTables;
  readonly boxes: readonly AreaBoxes[];
  readonly names: ReadonlyMap<AreaId, string>;
  readonly mayScheduleIn: (area: AreaId) => boolean;
  readonly now: Instant;
}

/** Clashes and rules are looked for over this long from the first start: every weekday comes four times. */
export const LOOK_AHEAD_MS = 28 * DAY_MS;
export const MAX_STARTS = 50;
/** The parts of a plan that are not schedules: lineage, rules, ids. */
const REST_OF_PLAN_BYTES = 2_048;

/** What would happen if this schedule were made now. */
export function dryRun(draft: ScheduleInput, world: SchedulingWorld): DryRun {
  const strange = draft.areas.filter((area) => !world.mayScheduleIn(area));
  if (strange.length > 0) return refused(strange.map((areaId) => problem("area-not-yours", { areaId })));
  const today = toLocal(world.now).date;
  const others = world.tables.schedules.filter((one) => one.id !== draft.id);
  const map = scheduleMap({ ...world.tables, schedules: others }, today);
  const reached = reachedAreas(map.tree, draft.areas, world.boxes);
  const boxes = boxesIn(reached);
  const planned = plannedOf(draft, world.tables);
  if (planned === null) return refused([problem("no-content", { boxes })]);
  const first = nextStart(draft.recurrence, world.now);
  if (first === null) return refused([problem("in-the-past", { boxes })]);
  const occurrencesOf = occurrenceCache(plus(world.now, -MAX_PROGRAMME_MS), plus(first.at, LOOK_AHEAD_MS));
  const mine = occurrencesOf(planned).filter((one) => one.at >= world.now);
  const scene = { draft, planned, mine, map, reached, occurrencesOf, rules: world.tables.rules };
  const problems = [
    ...(boxes === 0 ? [problem("no-boxes", {})] : []),
    ...sizeProblems(scene),
    ...clashProblems(scene),
    ...(draft.exception ? [] : [...ruleProblems(scene), ...sessionProblems(scene)]),
  ];
  return {
    ok: problems.length === 0,
    needsException: problems.length > 0 && problems.every((one) => yields(one.code)),
    firstAt: first.at,
    starts: mine
      .filter((one) => one.at < plus(world.now, DAY_MS))
      .slice(0, MAX_STARTS)
      .map(({ id, at, endsAt }) => ({ occurrenceId: id, at, endsAt, boxes })),
    problems,
    explanation: explain(scene, world),
  };
}

interface Scene {
  readonly draft: ScheduleInput;
  readonly planned: PlannedSchedule;
  /** Occurrences of the draft from now on. */
  readonly mine: readonly Occurrence[];
  /** Everything else that is scheduled. */
  readonly map: ScheduleMap;
  readonly reached: readonly ReachedArea[];
  readonly occurrencesOf: (one: PlannedSchedule) => readonly Occurrence[];
  readonly rules: ReadonlyMap<AreaId, AirRules>;
}

function yields(code: SchedulingCode): boolean {
  const codes: readonly SchedulingCode[] = rulesThatYield;
  return codes.includes(code);
}

function refused(problems: readonly SchedulingProblem[]): DryRun {
  return { ok: false, needsException: false, firstAt: null, starts: [], problems, explanation: [] };
}

function problem(code: SchedulingCode, known: Partial<SchedulingProblem>): SchedulingProblem {
  return {
    code,
    areaId: null,
    occurrenceId: null,
    at: null,
    withScheduleId: null,
    withTitle: null,
    limit: null,
    times: 1,
    boxes: 0,
    ...known,
  };
}

/** A plan is one signed message of limited size, so the fullest area decides. */
function sizeProblems(scene: Scene): readonly SchedulingProblem[] {
  const bytes = new Map<ScheduleId, number>();
  const bytesOf = (one: PlannedSchedule) => {
    const size = bytes.get(one.id) ?? utf8Length(JSON.stringify(one)) + 1;
    bytes.set(one.id, size);
    return size;
  };
  const full = scene.reached.filter(({ lineage }) => {
    const all = [...schedulesAlong(scene.map, lineage), scene.planned];
    const size = all.reduce((sum, one) => sum + bytesOf(one), REST_OF_PLAN_BYTES);
    return all.length > MAX_PLANNED_SCHEDULES || size > MAX_PLAN_BYTES;
  });
  const [areaId] = full.map((one) => one.areaId);
  if (areaId === undefined) return [];
  return [problem("plan-too-large", { areaId, limit: MAX_PLAN_BYTES, boxes: boxesIn(full) })];
}

/** With each schedule that shares a box: both want the loudspeaker at once and nobody decided who waits. */
function clashProblems(scene: Scene): readonly SchedulingProblem[] {
  const pairs = new Map<ScheduleId, readonly Occurrence[]>();
  const found = new Map<ScheduleId, { area: AreaId; boxes: number; other: PlannedSchedule }>();
  const meets = (other: PlannedSchedule) => {
    const known =
      pairs.get(other.id) ??
      (mayMeet(scene.planned, other) ? overlapping(scene.mine, scene.occurrencesOf(other)) : []);
    pairs.set(other.id, known);
    return known.length > 0;
  };
  for (const { lineage, boxes } of scene.reached) {
    for (const other of [...schedulesAlong(scene.map, lineage), scene.planned]) {
      if (!meets(other)) continue;
      const known = found.get(other.id);
      const area = known?.area ?? meetingArea(scene, lineage, other.id);
      found.set(other.id, { area, other, boxes: (known?.boxes ?? 0) + boxes });
    }
  }
  return [...found.values()].map(({ area, other, boxes }) => {
    const mine = pairs.get(other.id) ?? [];
    const [first] = mine;
    return problem("clash", {
      areaId: area,
      occurrenceId: first?.id ?? null,
      at: first?.at ?? null,
      withScheduleId: other.id,
      withTitle: other.title,
      times: mine.length,
      boxes,
    });
  });
}

/** The lower of the two areas that the schedules were made for. */
function meetingArea(scene: Scene, lineage: readonly AreaId[], other: ScheduleId): AreaId {
  const ofBoth = lineage.find(
    (area) => scene.draft.areas.includes(area) || (scene.map.byArea.get(area) ?? []).includes(other),
  );
  return ofBoth ?? scene.draft.areas[0] ?? ("" as AreaId);
}

/**
 * Quiet hours, days and lengths. The rules along a lineage bind together, so breaking one area's rules is enough;
 * it is told once for the highest area that forbids it, with all boxes below.
 */
function ruleProblems(scene: Scene): readonly SchedulingProblem[] {
  return (["quiet-hours", "day-not-allowed", "session-too-long"] as const).flatMap((code) => {
    const broken = new Map<AreaId, readonly Occurrence[]>();
    const boxesOf = new Map<AreaId, number>();
    const breaks = (area: AreaId) => {
      const rules = scene.rules.get(area);
      const known =
        broken.get(area) ??
        (rules === undefined ? [] : scene.mine.filter((one) => isBroken(code, rules, one)));
      broken.set(area, known);
      return known.length > 0;
    };
    for (const { lineage, boxes } of scene.reached) {
      const highest = lineage.findLast(breaks);
      if (highest !== undefined) boxesOf.set(highest, (boxesOf.get(highest) ?? 0) + boxes);
    }
    return [...boxesOf].map(([areaId, boxes]) => {
      const mine = broken.get(areaId) ?? [];
      const limit = code === "session-too-long" ? (scene.rules.get(areaId)?.maxSessionMs ?? null) : null;
      const [first] = mine;
      return problem(code, {
        areaId,
        occurrenceId: first?.id ?? null,
        at: first?.at ?? null,
        limit,
        times: mine.length,
        boxes,
      });
    });
  });
}

function isBroken(
  code: "quiet-hours" | "day-not-allowed" | "session-too-long",
  rules: AirRules,
  one: Occurrence,
): boolean {
  if (code === "quiet-hours") return touchesQuietHours(rules.quietHours, one.at, one.endsAt);
  if (code === "day-not-allowed") return !isAllowedDay(rules, one.at);
  return rules.maxSessionMs !== null && one.durationMs > rules.maxSessionMs;
}

/** Days on which the draft and what is scheduled already are together more than the strictest area allows. */
function sessionProblems(scene: Scene): readonly SchedulingProblem[] {
  const perDay = new Map<ScheduleId, ReadonlyMap<string, number>>();
  const countsOf = (one: PlannedSchedule) => {
    const known = perDay.get(one.id) ?? countByDay(scene.occurrencesOf(one));
    perDay.set(one.id, known);
    return known;
  };
  const found = new Map<AreaId, SchedulingProblem>();
  for (const { lineage, boxes } of scene.reached) {
    const strictest = strictestCap(scene.rules, lineage);
    if (strictest === null) continue;
    const others = schedulesAlong(scene.map, lineage).filter((one) => !one.exception);
    const atMost = [...others, scene.planned].reduce((sum, one) => sum + mostSessionsADay(one), 0);
    if (atMost <= strictest.limit) continue;
    const over = scene.mine.filter((one) => {
      const day = dayOf(one.at);
      const sum = [...others, scene.planned].reduce((all, each) => all + (countsOf(each).get(day) ?? 0), 0);
      return sum > strictest.limit;
    });
    const [first] = over;
    if (first === undefined) continue;
    const known = found.get(strictest.areaId);
    found.set(
      strictest.areaId,
      problem("too-many-sessions", {
        areaId: strictest.areaId,
        occurrenceId: known?.occurrenceId ?? first.id,
        at: known?.at ?? first.at,
        limit: strictest.limit,
        times: Math.max(known?.times ?? 0, over.length),
        boxes: (known?.boxes ?? 0) + boxes,
      }),
    );
  }
  return [...found.values()];
}

function strictestCap(
  rules: ReadonlyMap<AreaId, AirRules>,
  lineage: readonly AreaId[],
): { readonly areaId: AreaId; readonly limit: number } | null {
  let strictest: { areaId: AreaId; limit: number } | null = null;
  for (const areaId of lineage) {
    const limit = rules.get(areaId)?.maxSessionsPerDay ?? null;
    if (limit !== null && (strictest === null || limit <= strictest.limit)) strictest = { areaId, limit };
  }
  return strictest;
}

function countByDay(occurrences: readonly Occurrence[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of occurrences) {
    const day = dayOf(one.at);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
}

function explain(scene: Scene, world: SchedulingWorld): DryRun["explanation"] {
  const chosen = new Set(scene.draft.areas);
  const below = scene.draft.areas.flatMap((area) => subtreeOf(scene.map.tree, area));
  const shown = new Set(below.filter((area) => chosen.has(area) || scene.rules.has(area)));
  return [...shown].map((areaId) => ({
    areaId,
    areaName: world.names.get(areaId) ?? areaId,
    boxes: boxesIn(scene.reached.filter((one) => one.lineage.includes(areaId))),
    rules: combineRules(lineageOf(scene.map.tree, areaId).flatMap((id) => scene.rules.get(id) ?? [])),
  }));
}

function boxesIn(areas: readonly ReachedArea[]): number {
  return areas.reduce((sum, one) => sum + one.boxes, 0);
}
