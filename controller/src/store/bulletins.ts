import {
  type BulletinClass,
  type BulletinField,
  bulletinClass,
  bulletinField,
} from "@loa/shared/broadcast/content.ts";
import {
  type AreaId,
  areaId,
  type BulletinId,
  bulletinId,
  type Sha256,
  sha256,
  type UserId,
  userId,
} from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface StoredBulletin {
  readonly id: BulletinId;
  readonly title: string;
  readonly class: BulletinClass;
  readonly field: BulletinField;
  readonly clip: Sha256;
  readonly areaId: AreaId;
  readonly createdBy: UserId;
  readonly createdAt: Instant;
}

const bulletinRow = z
  .object({
    id: bulletinId,
    title: z.string(),
    class: bulletinClass,
    field: bulletinField,
    clip_sha256: sha256,
    area_id: areaId,
    created_by: userId,
    created_at: instant,
  })
  .transform(
    ({ clip_sha256, area_id, created_by, created_at, ...row }): StoredBulletin => ({
      ...row,
      clip: clip_sha256,
      areaId: area_id,
      createdBy: created_by,
      createdAt: created_at,
    }),
  );

export async function insertBulletin(db: Database, one: StoredBulletin): Promise<void> {
  await db
    .insertInto("bulletin")
    .values({
      id: one.id,
      title: one.title,
      class: one.class,
      field: one.field,
      clip_sha256: one.clip,
      area_id: one.areaId,
      created_by: one.createdBy,
      created_at: one.createdAt,
    })
    .execute();
}

/** Newest first. */
export async function bulletinsIn(
  db: Database,
  within: AreaQuery,
  limit: number,
): Promise<readonly StoredBulletin[]> {
  const rows = await db
    .selectFrom("bulletin")
    .where("area_id", "in", within)
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => bulletinRow.parse(row));
}

/** Those of the list that exist within the areas, in any order. */
export async function bulletinsByIds(
  db: Database,
  ids: readonly BulletinId[],
  within: AreaQuery,
): Promise<readonly StoredBulletin[]> {
  const rows = await db
    .selectFrom("bulletin")
    .where("id", "in", ids)
    .where("area_id", "in", within)
    .selectAll()
    .execute();
  return rows.map((row) => bulletinRow.parse(row));
}

export async function classesOfBulletins(
  db: Database,
  ids: readonly BulletinId[],
): Promise<ReadonlySet<BulletinClass>> {
  const rows = await db.selectFrom("bulletin").where("id", "in", ids).select("class").distinct().execute();
  return new Set(rows.map((row) => bulletinClass.parse(row.class)));
}
