import type { Clip } from "@loa/shared/broadcast/content.ts";
import { type ProgrammeItem, programmeItems } from "@loa/shared/broadcast/programme.ts";
import {
  type AreaId,
  areaId,
  type BulletinId,
  bulletinId,
  type ProgrammeId,
  programmeId,
  sha256,
  type UserId,
  userId,
} from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";
import { jsonColumn } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface StoredProgramme {
  readonly id: ProgrammeId;
  readonly title: string;
  /** In the order of playing; the same one may come twice. */
  readonly items: readonly ProgrammeItem[];
  readonly areaId: AreaId;
  readonly createdBy: UserId;
  readonly createdAt: Instant;
}

const programmeRow = z
  .object({
    id: programmeId,
    title: z.string(),
    items: jsonColumn(programmeItems),
    area_id: areaId,
    created_by: userId,
    created_at: instant,
  })
  .transform(
    ({ area_id, created_by, created_at, ...row }): StoredProgramme => ({
      ...row,
      areaId: area_id,
      createdBy: created_by,
      createdAt: created_at,
    }),
  );

const clipRow = z
  .object({ sha256, size_bytes: z.number(), duration_ms: z.number(), gain_db: z.number() })
  .transform(
    (row): Clip => ({
      sha256: row.sha256,
      sizeBytes: row.size_bytes,
      durationMs: row.duration_ms,
      gainDb: row.gain_db,
    }),
  );

export async function insertProgramme(db: Database, one: StoredProgramme): Promise<void> {
  await db
    .insertInto("programme")
    .values({
      id: one.id,
      title: one.title,
      items: JSON.stringify(one.items),
      area_id: one.areaId,
      created_by: one.createdBy,
      created_at: one.createdAt,
    })
    .execute();
}

/** Newest first. */
export async function programmesIn(
  db: Database,
  within: AreaQuery,
  limit: number,
): Promise<readonly StoredProgramme[]> {
  const rows = await db
    .selectFrom("programme")
    .where("area_id", "in", within)
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => programmeRow.parse(row));
}

export async function programmeById(
  db: Database,
  id: ProgrammeId,
  within: AreaQuery,
): Promise<StoredProgramme | null> {
  const row = await db
    .selectFrom("programme")
    .where("id", "=", id)
    .where("area_id", "in", within)
    .selectAll()
    .executeTakeFirst();
  return row === undefined ? null : programmeRow.parse(row);
}

/** Programmes that do not exist are left out. */
export async function programmesByIds(
  db: Database,
  ids: readonly ProgrammeId[],
): Promise<readonly StoredProgramme[]> {
  const found: StoredProgramme[] = [];
  for (const some of inParts([...new Set(ids)])) {
    const rows = await db.selectFrom("programme").where("id", "in", some).selectAll().execute();
    found.push(...rows.map((row) => programmeRow.parse(row)));
  }
  return found;
}

/** The clip of each bulletin, as boxes need to know it. */
export async function clipsOfBulletins(
  db: Database,
  ids: readonly BulletinId[],
): Promise<ReadonlyMap<BulletinId, Clip>> {
  const clips = new Map<BulletinId, Clip>();
  for (const some of inParts([...new Set(ids)])) {
    const rows = await db
      .selectFrom("bulletin")
      .innerJoin("clip", "clip.sha256", "bulletin.clip_sha256")
      .where("bulletin.id", "in", some)
      .select(["bulletin.id", "clip.sha256", "clip.size_bytes", "clip.duration_ms", "clip.gain_db"])
      .execute();
    for (const row of rows) clips.set(bulletinId.parse(row.id), clipRow.parse(row));
  }
  return clips;
}

export function bulletinsIn(items: readonly ProgrammeItem[]): readonly BulletinId[] {
  return items.flatMap((item) => ("bulletin" in item ? [item.bulletin] : []));
}
