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

export interface StoredStop {
  /** The command id of the envelope. */
  readonly id: CommandId;
  readonly areaId: AreaId;
  readonly at: Instant;
  readonly by: UserId;
}

const stopRow = z
  .object({ id: commandId, area_id: areaId, at: instant, by_user: userId })
  .transform((row): StoredStop => ({ id: row.id, areaId: row.area_id, at: row.at, by: row.by_user }));

export async function insertStop(db: Database, one: StoredStop): Promise<void> {
  await db
    .insertInto("stop_order")
    .values({ id: one.id, area_id: one.areaId, at: one.at, by_user: one.by })
    .execute();
}

export async function stopById(db: Database, id: CommandId, within: AreaQuery): Promise<StoredStop | null> {
  const row = await db
    .selectFrom("stop_order")
    .where("id", "=", id)
    .where("area_id", "in", within)
    .selectAll()
    .executeTakeFirst();
  return row === undefined ? null : stopRow.parse(row);
}

/** STOPs of this instant or later void what was raised at it, each in its area. */
export async function areasStoppedSince(db: Database, since: Instant): Promise<readonly AreaId[]> {
  return [...new Set((await stopsSince(db, since)).map((one) => one.areaId))];
}

export async function stopsSince(
  db: Database,
  since: Instant,
): Promise<readonly Pick<StoredStop, "areaId" | "at">[]> {
  const rows = await db.selectFrom("stop_order").where("at", ">=", since).select(["area_id", "at"]).execute();
  return rows.map((row) => ({ areaId: areaId.parse(row.area_id), at: instant.parse(row.at) }));
}
