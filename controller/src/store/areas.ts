import { type AirRules, airRules } from "@loa/shared/broadcast/air-rules.ts";
import {
  type Area,
  type AreaTree,
  area,
  type Placement,
  placement,
  treeOn,
} from "@loa/shared/broadcast/area.ts";
import { volume } from "@loa/shared/broadcast/plan.ts";
import { type AreaId, areaId, bulletinId } from "@loa/shared/kernel/ids.ts";
import { type Instant, type LocalDate, toLocal } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { rootsOf } from "../domain/access.ts";
import type { AreaSettings } from "../domain/area-settings.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export async function allPlacements(db: Database): Promise<readonly Placement[]> {
  const rows = await db.selectFrom("placement").selectAll().execute();
  return rows.map((row) =>
    placement.parse({
      areaId: row.area_id,
      parentId: row.parent_id,
      from: row.from_date,
      to: row.to_date,
    }),
  );
}

export async function readTree(db: Database, today: LocalDate): Promise<AreaTree> {
  return treeOn(await allPlacements(db), today);
}

/** The areas that lie in no other one today. */
export async function provincesAt(db: Database, now: Instant): Promise<readonly AreaId[]> {
  return rootsOf(await readTree(db, toLocal(now).date));
}

export async function allAreas(db: Database): Promise<readonly Area[]> {
  const rows = await db.selectFrom("area").selectAll().execute();
  return rows.map((row) => area.parse(row));
}

export interface AreaCounts extends Area {
  readonly clusters: number;
  /** Enrolled and not revoked. */
  readonly boxes: number;
  /** Who hear its clusters; null where nobody has counted all of them. */
  readonly people: number | null;
}

/** The areas of the query with what stands directly in each, not below. */
export async function countAreas(db: Database, within: AreaQuery): Promise<readonly AreaCounts[]> {
  const rows = await db
    .selectFrom("area")
    .leftJoin("cluster", "cluster.area_id", "area.id")
    .leftJoin("box", (join) =>
      join.onRef("box.cluster_id", "=", "cluster.id").on("box.revoked_at", "is", null),
    )
    .where("area.id", "in", within)
    .select(["area.id", "area.kind", "area.name"])
    .select((eb) => [
      eb.fn.count<number>("cluster.id").distinct().as("clusters"),
      eb.fn.count<number>("box.id").distinct().as("boxes"),
      eb
        .selectFrom("cluster as counted")
        .whereRef("counted.area_id", "=", "area.id")
        .select((inner) => inner.fn.count<number>("counted.people").as("counted"))
        .as("counted"),
      eb
        .selectFrom("cluster as heard")
        .whereRef("heard.area_id", "=", "area.id")
        .select((inner) => inner.fn.sum<number | null>("heard.people").as("people"))
        .as("people"),
    ])
    .groupBy(["area.id", "area.kind", "area.name"])
    .execute();
  return rows.map((row) => ({
    ...area.parse(row),
    clusters: row.clusters,
    boxes: row.boxes,
    people: Number(row.counted) === Number(row.clusters) ? Number(row.people ?? 0) : null,
  }));
}

export async function insertArea(db: Database, one: Area): Promise<void> {
  await db.insertInto("area").values(one).execute();
}

export async function areaExists(db: Database, id: AreaId): Promise<boolean> {
  const row = await db.selectFrom("area").where("id", "=", id).select("id").executeTakeFirst();
  return row !== undefined;
}

export async function insertPlacement(db: Database, one: Placement): Promise<void> {
  await db
    .insertInto("placement")
    .values({ area_id: one.areaId, parent_id: one.parentId, from_date: one.from, to_date: one.to })
    .execute();
}

/** Areas without a row have no rules of their own. */
export async function allRules(db: Database): Promise<ReadonlyMap<AreaId, AirRules>> {
  const rows = await db.selectFrom("area_rules").selectAll().execute();
  const parse = jsonColumn(airRules);
  return new Map(rows.map((row) => [areaId.parse(row.area_id), parse.parse(row.rules)]));
}

export const areaSettings = z.object({
  volume: volume.nullable(),
  filler: bulletinId.nullable(),
}) satisfies z.ZodType<AreaSettings>;

/** Areas without a row leave everything to the area above. */
export async function allSettings(db: Database): Promise<ReadonlyMap<AreaId, AreaSettings>> {
  const rows = await db.selectFrom("area_settings").selectAll().execute();
  const parse = jsonColumn(areaSettings);
  return new Map(rows.map((row) => [areaId.parse(row.area_id), parse.parse(row.settings)]));
}

export async function putSettings(db: Database, id: AreaId, settings: AreaSettings): Promise<void> {
  const text = JSON.stringify(settings);
  await db
    .insertInto("area_settings")
    .values({ area_id: id, settings: text })
    .onConflict((conflict) => conflict.column("area_id").doUpdateSet({ settings: text }))
    .execute();
}

export async function putRules(db: Database, id: AreaId, rules: AirRules): Promise<void> {
  const text = JSON.stringify(rules);
  await db
    .insertInto("area_rules")
    .values({ area_id: id, rules: text })
    .onConflict((conflict) => conflict.column("area_id").doUpdateSet({ rules: text }))
    .execute();
}
