import {
  type AreaId,
  areaId,
  type CommandId,
  commandId,
  type UserId,
  userId,
} from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import type { AreaQuery } from "./visible-areas.ts";

/** A test of the way to the boxes; what each has answered lies in the outbox. */
export interface PathTest {
  /** The command id of the envelope. */
  readonly id: CommandId;
  readonly areaId: AreaId;
  readonly at: Instant;
  /** Null: it was due. */
  readonly by: UserId | null;
  /** When it was looked at, after its time. */
  readonly judgedAt: Instant | null;
}

const pathTestRow = z
  .object({
    id: commandId,
    area_id: areaId,
    at: instant,
    by_user: userId.nullable(),
    judged_at: instant.nullable(),
  })
  .transform(
    (row): PathTest => ({
      id: row.id,
      areaId: row.area_id,
      at: row.at,
      by: row.by_user,
      judgedAt: row.judged_at,
    }),
  );

export async function insertPathTest(db: Database, one: PathTest): Promise<void> {
  await db
    .insertInto("path_test")
    .values({ id: one.id, area_id: one.areaId, at: one.at, by_user: one.by, judged_at: one.judgedAt })
    .execute();
}

/** Newest first. */
export async function pathTestsIn(
  db: Database,
  within: AreaQuery,
  limit: number,
): Promise<readonly PathTest[]> {
  const rows = await db
    .selectFrom("path_test")
    .where("area_id", "in", within)
    .selectAll()
    .orderBy("at", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => pathTestRow.parse(row));
}

/** When the last one went out that nobody had to ask for. */
export async function lastPathTestAt(db: Database): Promise<Instant | null> {
  const row = await db
    .selectFrom("path_test")
    .where("by_user", "is", null)
    .select((eb) => eb.fn.max("at").as("at"))
    .executeTakeFirst();
  return row?.at == null ? null : instant.parse(row.at);
}

export async function unjudgedPathTests(db: Database, sentBefore: Instant): Promise<readonly PathTest[]> {
  const rows = await db
    .selectFrom("path_test")
    .where("judged_at", "is", null)
    .where("at", "<=", sentBefore)
    .selectAll()
    .execute();
  return rows.map((row) => pathTestRow.parse(row));
}

export async function setJudged(db: Database, id: CommandId, at: Instant): Promise<void> {
  await db.updateTable("path_test").set({ judged_at: at }).where("id", "=", id).execute();
}
