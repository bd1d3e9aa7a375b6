import type { PlanTables, ScheduleInput } from "../domain/plan-tables.ts";
import { allPlacements, allRules } from "./areas.ts";
import type { Database } from "./database.ts";
import { clipsOfBulletins, programmesByIds } from "./programmes.ts";
import { type StoredSchedule, schedulesInForce } from "./schedules.ts";

/** Everything that plans are made of; withdrawn schedules are left out. */
export async function readPlanTables(db: Database): Promise<PlanTables> {
  const schedules = await schedulesInForce(db);
  const programmes = await programmesByIds(
    db,
    schedules.map((one) => one.programmeId),
  );
  return {
    placements: await allPlacements(db),
    rules: await allRules(db),
    schedules: schedules.map(toInput),
    programmes: new Map(programmes.map((one) => [one.id, one.bulletins])),
    clips: await clipsOfBulletins(
      db,
      programmes.flatMap((one) => one.bulletins),
    ),
  };
}

/** An exception counts from its confirmation: what was due before that was never allowed. */
export function toInput(one: StoredSchedule): ScheduleInput {
  return {
    id: one.id,
    title: one.title,
    class: one.class,
    order: one.order,
    recurrence: one.recurrence,
    effectiveFrom: one.exceptionAt ?? one.createdAt,
    programmeId: one.programmeId,
    areas: one.areas,
    standing: one.withdrawnAt !== null ? "withdrawn" : one.exception === "asked" ? "waiting" : "in-force",
    exception: one.exception === "confirmed",
  };
}
