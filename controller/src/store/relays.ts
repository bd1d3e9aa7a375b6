import { type RelaySource, relaySource } from "@loa/shared/broadcast/relay.ts";
import { type AreaId, areaId, type RelayId, relayId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";
import { jsonColumn } from "./json-column.ts";

/** A relay with the area whose people look after it. */
export interface StoredRelay {
  readonly source: RelaySource;
  readonly areaId: AreaId;
  readonly createdBy: UserId;
  readonly createdAt: Instant;
}

const relayRow = z
  .object({
    source: jsonColumn(relaySource),
    area_id: areaId,
    created_by: userId,
    created_at: instant,
  })
  .transform(
    (row): StoredRelay => ({
      source: row.source,
      areaId: row.area_id,
      createdBy: row.created_by,
      createdAt: row.created_at,
    }),
  );

export async function insertRelay(db: Database, one: StoredRelay): Promise<void> {
  const { source } = one;
  await db
    .insertInto("relay")
    .values({
      id: source.id,
      title: source.title,
      area_id: one.areaId,
      source: JSON.stringify(source),
      created_by: one.createdBy,
      created_at: one.createdAt,
      withdrawn_at: null,
    })
    .execute();
}

export async function updateRelay(db: Database, source: RelaySource): Promise<void> {
  await db
    .updateTable("relay")
    .set({ title: source.title, source: JSON.stringify(source) })
    .where("id", "=", source.id)
    .execute();
}

/** Its programmes keep its name; nothing of it is in a plan any more. */
export async function withdrawRelay(db: Database, id: RelayId, at: Instant): Promise<void> {
  await db
    .updateTable("relay")
    .set({ withdrawn_at: at })
    .where("id", "=", id)
    .where("withdrawn_at", "is", null)
    .execute();
}

/** Newest first, those that were withdrawn left out. */
export async function relaysIn(
  db: Database,
  areas: ReadonlySet<AreaId>,
  limit: number,
): Promise<readonly StoredRelay[]> {
  const rows = await inForce(db).orderBy("created_at", "desc").orderBy("id").execute();
  return rows
    .map((row) => relayRow.parse(row))
    .filter((one) => areas.has(one.areaId))
    .slice(0, limit);
}

export async function relayById(db: Database, id: RelayId): Promise<StoredRelay | null> {
  const row = await inForce(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : relayRow.parse(row);
}

/** Those that exist and were not withdrawn, in any order. */
export async function relaysByIds(db: Database, ids: readonly RelayId[]): Promise<readonly StoredRelay[]> {
  const found: StoredRelay[] = [];
  for (const some of inParts([...new Set(ids)])) {
    const rows = await inForce(db).where("id", "in", some).execute();
    found.push(...rows.map((row) => relayRow.parse(row)));
  }
  return found;
}

export async function allRelays(db: Database): Promise<ReadonlyMap<RelayId, RelaySource>> {
  const rows = await inForce(db).execute();
  const relays = rows.map((row) => relayRow.parse(row).source);
  return new Map(relays.map((one) => [relayId.parse(one.id), one]));
}

function inForce(db: Database) {
  return db.selectFrom("relay").where("withdrawn_at", "is", null).selectAll();
}
