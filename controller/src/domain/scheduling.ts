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
import { MAX_PLANNED_RELAYS, MAX_PLANNED_SCHEDULES, utf8Length } from "./plan-compiler.ts";
import type { PlanTables, ScheduleInput } from "./plan-tables.ts";
import { atTurn, type MadeSchedule, madeOf } from "./planned-schedule.ts";

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
  | "plan-too-large"
  | "too-many-relays";

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
  /** What is scheduled already, and what the draft is made of. */
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
  const made = madeOf(draft, world.tables);
  if (made === null) return refused([problem("no-content", { boxes })]);
  const first = nextStart(draft.recurrence, world.now);
  if (first === null) return refused([problem("in-the-past", { boxes })]);
  const occurrencesOf = occurrenceCache(plus(world.now, -MAX_PROGRAMME_MS), plus(first.at, LOOK_AHEAD_MS));
  const mineAt = (turn: number) => occurrencesOf(atTurn(made, turn)).filter((one) => one.at >= world.now);
  const mine = mineAt(0);
  const scene = { draft, made, mineAt, map, reached, occurrencesOf, rules: world.tables.rules };
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
  readonly made: MadeSchedule;
  /** Occurrences of the draft from now on, as boxes of this turn hear them. */
  readonly mineAt: (turn: number) => readonly Occurrence[];
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
  const sizes = new Map<object, number>();
  const bytesOf = (part: object) => {
    const size = sizes.get(part) ?? utf8Length(JSON.stringify(part)) + 1;
    sizes.set(part, size);
    return size;
  };
  const sounding = scene.reached.map((one) => {
    const all = [...schedulesAlong(scene.map, one.lineage), scene.made];
    const relays = new Map(all.flatMap((each) => each.relays).map((relay) => [relay.id, relay]));
    const parts = [...all.map((each) => each.planned), ...relays.values()];
    const bytes = parts.reduce((sum, part) => sum + bytesOf(part), REST_OF_PLAN_BYTES);
    return { ...one, schedules: all.length, relays: relays.size, bytes };
  });
  const over = (code: SchedulingCode, limit: number, full: typeof sounding) => {
    const [areaId] = full.map((one) => one.areaId);
    return areaId === undefined ? [] : [problem(code, { areaId, limit, boxes: boxesIn(full) })];
  };
  return [
    ...over(
      "plan-too-large",
      MAX_PLAN_BYTES,
      sounding.filter((one) => one.schedules > MAX_PLANNED_SCHEDULES || one.bytes > MAX_PLAN_BYTES),
    ),
    ...over(
      "too-many-relays",
      MAX_PLANNED_RELAYS,
      sounding.filter((one) => one.relays > MAX_PLANNED_RELAYS),
    ),
  ];
}

/** With each schedule that shares a box: both want the loudspeaker at once and nobody decided who waits. */
function clashProblems(scene: Scene): readonly SchedulingProblem[] {
  const pairs = new Map<string, readonly Occurrence[]>();
  const found = new Map<
    ScheduleId,
    { area: AreaId; boxes: number; title: string; mine: readonly Occurrence[] }
  >();
  const meeting = (other: MadeSchedule, turn: number) => {
    const key = `${other.planned.id} ${turn}`;
    const [a, b] = [atTurn(scene.made, turn), atTurn(other, turn)];
    const known =
      pairs.get(key) ?? (mayMeet(a, b) ? overlapping(scene.mineAt(turn), scene.occurrencesOf(b)) : []);
    pairs.set(key, known);
    return known;
  };
  for (const { lineage, boxes, turn } of scene.reached) {
    for (const other of [...schedulesAlong(scene.map, lineage), scene.made]) {
      const mine = meeting(other, turn);
      if (mine.length === 0) continue;
      const { id, title } = other.planned;
      const known = found.get(id);
      const area = known?.area ?? meetingArea(scene, lineage, id);
      found.set(id, { area, title, mine: known?.mine ?? mine, boxes: (known?.boxes ?? 0) + boxes });
    }
  }
  return [...found].map(([withScheduleId, { area, boxes, title, mine }]) => {
    const [first] = mine;
    return problem("clash", {
      areaId: area,
      occurrenceId: first?.id ?? null,
      at: first?.at ?? null,
      withScheduleId,
      withTitle: title,
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
    const broken = new Map<string, readonly Occurrence[]>();
    const found = new Map<AreaId, { boxes: number; mine: readonly Occurrence[] }>();
    const breaking = (area: AreaId, turn: number) => {
      const rules = scene.rules.get(area);
      const key = `${area} ${turn}`;
      const known =
        broken.get(key) ??
        (rules === undefined ? [] : scene.mineAt(turn).filter((one) => isBroken(code, rules, one)));
      broken.set(key, known);
      return known;
    };
    for (const { lineage, boxes, turn } of scene.reached) {
      const highest = lineage.findLast((area) => breaking(area, turn).length > 0);
      if (highest === undefined) continue;
      const known = found.get(highest);
      const mine = known?.mine ?? breaking(highest, turn);
      found.set(highest, { mine, boxes: (known?.boxes ?? 0) + boxes });
    }
    return [...found].map(([areaId, { boxes, mine }]) => {
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
  const perDay = new Map<string, ReadonlyMap<string, number>>();
  const countsOf = (one: PlannedSchedule) => {
    const key = `${one.id} ${one.turnMs}`;
    const known = perDay.get(key) ?? countByDay(scene.occurrencesOf(one));
    perDay.set(key, known);
    return known;
  };
  const found = new Map<AreaId, SchedulingProblem>();
  for (const { lineage, boxes, turn } of scene.reached) {
    const strictest = strictestCap(scene.rules, lineage);
    if (strictest === null) continue;
    const others = schedulesAlong(scene.map, lineage).filter((one) => !one.planned.exception);
    const all = [...others, scene.made].map((one) => atTurn(one, turn));
    const atMost = all.reduce((sum, one) => sum + mostSessionsADay(one), 0);
    if (atMost <= strictest.limit) continue;
    const over = scene.mineAt(turn).filter((one) => {
      const day = dayOf(one.at);
      return all.reduce((sum, each) => sum + (countsOf(each).get(day) ?? 0), 0) > strictest.limit;
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
