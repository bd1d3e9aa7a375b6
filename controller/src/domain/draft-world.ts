import { type Occurrence, occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { type AreaTree, lineageOf, subtreeOf, treeOn } from "@loa/shared/broadcast/area.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { AreaId, ScheduleId } from "@loa/shared/kernel/ids.ts";
import { type Instant, type LocalDate, toLocal } from "@loa/shared/kernel/time.ts";
import type { PlanTables } from "./plan-tables.ts";
import { isInPlans, type MadeSchedule, madeOf } from "./planned-schedule.ts";

/** How many boxes in service stand directly in an area and have this turn. */
export interface AreaBoxes {
  readonly areaId: AreaId;
  readonly turn: number;
  readonly boxes: number;
}

/** The boxes of one turn in one area that a schedule reaches. */
export interface ReachedArea extends AreaBoxes {
  /** Nearest first, the area itself included. */
  readonly lineage: readonly AreaId[];
}

/** Every area with boxes that stands in one of these areas or below, each once for every turn. */
export function reachedAreas(
  tree: AreaTree,
  areas: readonly AreaId[],
  boxes: readonly AreaBoxes[],
): readonly ReachedArea[] {
  const covered = new Set(areas.flatMap((area) => subtreeOf(tree, area)));
  return boxes
    .filter((one) => one.boxes > 0 && covered.has(one.areaId))
    .map((one) => ({ ...one, lineage: lineageOf(tree, one.areaId) }));
}

/** The schedules of plans, by the areas that they were made for. */
export interface ScheduleMap {
  readonly tree: AreaTree;
  readonly made: ReadonlyMap<ScheduleId, MadeSchedule>;
  readonly byArea: ReadonlyMap<AreaId, readonly ScheduleId[]>;
}

export function scheduleMap(tables: PlanTables, today: LocalDate): ScheduleMap {
  const made = new Map<ScheduleId, MadeSchedule>();
  const byArea = new Map<AreaId, ScheduleId[]>();
  for (const schedule of tables.schedules) {
    const one = isInPlans(schedule, today) ? madeOf(schedule, tables) : null;
    if (one === null) continue;
    made.set(schedule.id, one);
    for (const area of schedule.areas) {
      const there = byArea.get(area);
      if (there === undefined) byArea.set(area, [schedule.id]);
      else there.push(schedule.id);
    }
  }
  return { tree: treeOn(tables.placements, today), made, byArea };
}

/** The schedules that a box plays which stands at the beginning of this lineage. */
export function schedulesAlong(map: ScheduleMap, lineage: readonly AreaId[]): readonly MadeSchedule[] {
  const ids = new Set(lineage.flatMap((area) => map.byArea.get(area) ?? []));
  return [...ids].flatMap((id) => map.made.get(id) ?? []);
}

/** Occurrences of each schedule in one window, each worked out once however many areas share it. */
export function occurrenceCache(from: Instant, to: Instant): (one: PlannedSchedule) => readonly Occurrence[] {
  const known = new Map<string, readonly Occurrence[]>();
  return (one) => {
    const key = `${one.id} ${one.turnMs}`;
    const found = known.get(key) ?? occurrencesBetween([one], from, to);
    known.set(key, found);
    return found;
  };
}

export function dayOf(at: Instant): LocalDate {
  return toLocal(at).date;
}
