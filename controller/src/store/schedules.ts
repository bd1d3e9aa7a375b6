import { type Recurrence, recurrence } from "@loa/shared/broadcast/recurrence.ts";
import {
  type AreaId,
  areaId,
  type ProgrammeId,
  programmeId,
  type ScheduleId,
  scheduleId,
  type UserId,
  userId,
} from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { flag, jsonColumn } from "./json-column.ts";

export interface StoredSchedule {
  readonly id: ScheduleId;
  readonly title: string;
  readonly programmeId: ProgrammeId;
  readonly class: "normal" | "priority";
  readonly order: number;
  readonly recurrence: Recurrence;
  readonly areas: readonly AreaId[];
  readonly chime: boolean;
  /** Whether clusters speak one after the other. */
  readonly turns: boolean;
  /** `asked`: against the rules, and in no plan until a second person has confirmed it. */
  readonly exception: "none" | "asked" | "confirmed";
  readonly exceptionBy: UserId | null;
  readonly exceptionAt: Instant | null;
  readonly createdBy: UserId;
  readonly createdAt: Instant;
  readonly withdrawnAt: Instant | null;
}

const scheduleRow = z.object({
  id: scheduleId,
  title: z.string(),
  programme_id: programmeId,
  class: z.enum(["normal", "priority"]),
  order_no: z.number(),
  recurrence: jsonColumn(recurrence),
  chime: flag,
  turns: flag,
  exception: flag,
  exception_asked: flag,
  exception_by: userId.nullable(),
  exception_at: instant.nullable(),
  created_by: userId,
  created_at: instant,
  withdrawn_at: instant.nullable(),
});

export async function insertSchedule(db: Database, one: StoredSchedule): Promise<void> {
  await db
    .insertInto("schedule")
    .values({
      id: one.id,
      title: one.title,
      programme_id: one.programmeId,
      class: one.class,
      order_no: one.order,
      recurrence: JSON.stringify(one.recurrence),
      chime: one.chime ? 1 : 0,
      turns: one.turns ? 1 : 0,
      exception: one.exception === "confirmed" ? 1 : 0,
      exception_asked: one.exception === "none" ? 0 : 1,
      exception_by: one.exceptionBy,
      exception_at: one.exceptionAt,
      created_by: one.createdBy,
      created_at: one.createdAt,
      withdrawn_at: one.withdrawnAt,
      withdrawn_by: null,
    })
    .execute();
  await db
    .insertInto("schedule_area")
    .values(one.areas.map((area) => ({ schedule_id: one.id, area_id: area })))
    .execute();
}

/** All that were not withdrawn, exceptions that wait for the second person too. */
export async function schedulesInForce(db: Database): Promise<readonly StoredSchedule[]> {
  const rows = await db
    .selectFrom("schedule")
    .where("withdrawn_at", "is", null)
    .selectAll()
    .orderBy("id")
    .execute();
  const areas = await db
    .selectFrom("schedule_area")
    .innerJoin("schedule", "schedule.id", "schedule_area.schedule_id")
    .where("schedule.withdrawn_at", "is", null)
    .select(["schedule_area.schedule_id", "schedule_area.area_id"])
    .orderBy("schedule_area.area_id")
    .execute();
  const areasOf = Map.groupBy(areas, (row) => row.schedule_id);
  return rows.map((row) =>
    fromRow(
      row,
      (areasOf.get(row.id) ?? []).map((one) => one.area_id),
    ),
  );
}

/** Withdrawn ones too: receipts and explanations still name them. */
export async function scheduleById(db: Database, id: ScheduleId): Promise<StoredSchedule | null> {
  const row = await db.selectFrom("schedule").where("id", "=", id).selectAll().executeTakeFirst();
  if (row === undefined) return null;
  const areas = await db
    .selectFrom("schedule_area")
    .where("schedule_id", "=", id)
    .select("area_id")
    .orderBy("area_id")
    .execute();
  return fromRow(
    row,
    areas.map((one) => one.area_id),
  );
}

/** Of those that exist, withdrawn ones too. */
export async function scheduleTitles(
  db: Database,
  ids: readonly ScheduleId[],
): Promise<ReadonlyMap<ScheduleId, string>> {
  const rows = await db.selectFrom("schedule").where("id", "in", ids).select(["id", "title"]).execute();
  return new Map(rows.map((row) => [scheduleId.parse(row.id), row.title]));
}

/** False when it was withdrawn before. */
export async function withdrawSchedule(
  db: Database,
  id: ScheduleId,
  by: UserId,
  at: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("schedule")
    .set({ withdrawn_at: at, withdrawn_by: by })
    .where("id", "=", id)
    .where("withdrawn_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** False when nobody asked for an exception, or it was confirmed or withdrawn before. */
export async function confirmException(
  db: Database,
  id: ScheduleId,
  by: UserId,
  at: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("schedule")
    .set({ exception: 1, exception_by: by, exception_at: at })
    .where("id", "=", id)
    .where("withdrawn_at", "is", null)
    .where("exception_asked", "=", 1)
    .where("exception", "=", 0)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

function fromRow(raw: unknown, areas: readonly string[]): StoredSchedule {
  const row = scheduleRow.parse(raw);
  return {
    id: row.id,
    title: row.title,
    programmeId: row.programme_id,
    class: row.class,
    order: row.order_no,
    recurrence: row.recurrence,
    areas: areas.map((area) => areaId.parse(area)),
    chime: row.chime,
    turns: row.turns,
    exception: row.exception ? "confirmed" : row.exception_asked ? "asked" : "none",
    exceptionBy: row.exception_by,
    exceptionAt: row.exception_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
    withdrawnAt: row.withdrawn_at,
  };
}
