import { type AreaId, areaId, type ClusterId, clusterId } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface Cluster {
  readonly id: ClusterId;
  readonly name: string;
  readonly areaId: AreaId;
  readonly horns: number;
  /** How many people hear it; null: nobody has counted them. */
  readonly people: number | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly gainDb: number;
  readonly zones: readonly (1 | 2 | 3 | 4)[];
  readonly alignDelayMs: number;
  readonly turn: number;
}

export const zonesColumn = jsonColumn(
  z.array(z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])).min(1),
);

const clusterRow = z
  .object({
    id: clusterId,
    name: z.string(),
    area_id: areaId,
    horns: z.number(),
    people: z.number().nullable(),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    gain_db: z.number(),
    zones: zonesColumn,
    align_delay_ms: z.number(),
    turn: z.number(),
  })
  .transform(
    ({ area_id, gain_db, align_delay_ms, ...row }): Cluster => ({
      ...row,
      areaId: area_id,
      gainDb: gain_db,
      alignDelayMs: align_delay_ms,
    }),
  );

export async function insertCluster(db: Database, one: Cluster): Promise<void> {
  await db.insertInto("cluster").values(toColumns(one)).execute();
}

/** Its area stays: where a cluster stands is told by the tree. */
export async function updateCluster(db: Database, one: Cluster): Promise<void> {
  const { id, area_id: _, ...columns } = toColumns(one);
  await db.updateTable("cluster").set(columns).where("id", "=", id).execute();
}

function toColumns({ areaId: area_id, gainDb: gain_db, zones: lines, alignDelayMs, ...row }: Cluster) {
  return { ...row, area_id, gain_db, zones: JSON.stringify(lines), align_delay_ms: alignDelayMs };
}

export async function clustersIn(db: Database, within: AreaQuery): Promise<readonly Cluster[]> {
  const rows = await db
    .selectFrom("cluster")
    .where("area_id", "in", within)
    .selectAll()
    .orderBy("name")
    .execute();
  return rows.map((row) => clusterRow.parse(row));
}

/** Of the whole province: where clusters stand, if somebody wrote it down. */
export async function allPlacedClusters(
  db: Database,
): Promise<readonly Pick<Cluster, "areaId" | "latitude" | "longitude">[]> {
  const rows = await db.selectFrom("cluster").select(["area_id", "latitude", "longitude"]).execute();
  return rows.map((row) => ({
    areaId: areaId.parse(row.area_id),
    latitude: row.latitude,
    longitude: row.longitude,
  }));
}

export async function clusterById(db: Database, id: ClusterId, within: AreaQuery): Promise<Cluster | null> {
  const row = await db
    .selectFrom("cluster")
    .where("id", "=", id)
    .where("area_id", "in", within)
    .selectAll()
    .executeTakeFirst();
  return row === undefined ? null : clusterRow.parse(row);
}
