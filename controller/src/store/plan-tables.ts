import type { PlanTables, ScheduleInput } from "../domain/plan-tables.ts";
import { allPlacements, allRules, allSettings } from "./areas.ts";
import type { Database } from "./database.ts";
import { bulletinsIn, clipsOfBulletins, programmesByIds } from "./programmes.ts";
import { allRelays } from "./relays.ts";
import { renditionTables } from "./renditions.ts";
import { type StoredSchedule, schedulesInForce } from "./schedules.ts";
import { clipsAhead } from "./standing-approvals.ts";

/** Everything that plans are made of; withdrawn schedules are left out. */
export async function readPlanTables(db: Database): Promise<PlanTables> {
  const schedules = await schedulesInForce(db);
  const programmes = await programmesByIds(
    db,
    schedules.map((one) => one.programmeId),
  );
  const settings = await allSettings(db);
  const fillers = [...settings.values()].flatMap((one) => one.filler ?? []);
  const clips = await clipsOfBulletins(db, [
    ...programmes.flatMap((one) => bulletinsIn(one.items)),
    ...fillers,
  ]);
  return {
    placements: await allPlacements(db),
    rules: await allRules(db),
    settings,
    schedules: schedules.map(toInput),
    programmes: new Map(programmes.map((one) => [one.id, one.items])),
    clips,
    relays: await allRelays(db),
    ahead: await clipsAhead(db),
    renditions: await renditionTables(
      db,
      [...clips.values()].map((one) => one.sha256),
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
    chime: one.chime,
    turns: one.turns,
    standing: one.withdrawnAt !== null ? "withdrawn" : one.exception === "asked" ? "waiting" : "in-force",
    exception: one.exception === "confirmed",
  };
}
