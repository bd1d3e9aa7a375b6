import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { areaId, type BoxId, boxId, type ClusterId, clusterId, sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { AreaBoxes } from "../domain/draft-world.ts";
import { type Cluster, zonesColumn } from "./clusters.ts";
import type { Database } from "./database.ts";
import { flag } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface Box {
  readonly id: BoxId;
  readonly clusterId: ClusterId;
  readonly publicKey: PublicKey;
  readonly passwordSha256: string;
  readonly enrolledAt: Instant;
  readonly revokedAt: Instant | null;
  readonly simulated: boolean;
}

/** A box with the place it stands at. */
export interface PlacedBox extends Box {
  readonly cluster: Cluster;
  readonly areaName: string;
}

const placedRow = z
  .object({
    id: boxId,
    cluster_id: clusterId,
    public_key: z.string(),
    password_sha256: sha256,
    enrolled_at: instant,
    revoked_at: instant.nullable(),
    simulated: flag,
    name: z.string(),
    area_id: areaId,
    area_name: z.string(),
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
    (row): PlacedBox => ({
      id: row.id,
      clusterId: row.cluster_id,
      publicKey: row.public_key as PublicKey,
      passwordSha256: row.password_sha256,
      enrolledAt: row.enrolled_at,
      revokedAt: row.revoked_at,
      simulated: row.simulated,
      areaName: row.area_name,
      cluster: {
        id: row.cluster_id,
        name: row.name,
        areaId: row.area_id,
        horns: row.horns,
        people: row.people,
        latitude: row.latitude,
        longitude: row.longitude,
        gainDb: row.gain_db,
        zones: row.zones,
        alignDelayMs: row.align_delay_ms,
        turn: row.turn,
      },
    }),
  );

function placedBoxes(db: Database) {
  return db
    .selectFrom("box")
    .innerJoin("cluster", "cluster.id", "box.cluster_id")
    .innerJoin("area", "area.id", "cluster.area_id")
    .select([
      "box.id",
      "box.cluster_id",
      "box.public_key",
      "box.password_sha256",
      "box.enrolled_at",
      "box.revoked_at",
      "box.simulated",
      "cluster.name",
      "cluster.area_id",
      "area.name as area_name",
      "cluster.horns",
      "cluster.people",
      "cluster.latitude",
      "cluster.longitude",
      "cluster.gain_db",
      "cluster.zones",
      "cluster.align_delay_ms",
      "cluster.turn",
    ]);
}

/** Every box that was ever enrolled, the revoked too: a revoked one must be known to be refused. */
export async function allPlacedBoxes(db: Database): Promise<readonly PlacedBox[]> {
  const rows = await placedBoxes(db).orderBy("box.id").execute();
  return rows.map((row) => placedRow.parse(row));
}

export async function placedBox(db: Database, id: BoxId): Promise<PlacedBox | null> {
  const row = await placedBoxes(db).where("box.id", "=", id).executeTakeFirst();
  return row === undefined ? null : placedRow.parse(row);
}

export interface BoxSearch {
  readonly granted: AreaQuery;
  /** Narrows the list to an area and everything below; null for all that is granted. */
  readonly below: AreaQuery | null;
}

/** Boxes in service, by the name of their cluster. */
export async function findBoxes(db: Database, search: BoxSearch): Promise<readonly BoxId[]> {
  let query = db
    .selectFrom("box")
    .innerJoin("cluster", "cluster.id", "box.cluster_id")
    .where("box.revoked_at", "is", null)
    .where("cluster.area_id", "in", search.granted);
  if (search.below !== null) query = query.where("cluster.area_id", "in", search.below);
  const rows = await query.select("box.id").orderBy("cluster.name").orderBy("box.id").execute();
  return rows.map((row) => row.id as BoxId);
}

/** Null when it does not exist or stands outside the areas. */
export async function boxWithin(db: Database, id: BoxId, within: AreaQuery): Promise<PlacedBox | null> {
  const row = await placedBoxes(db)
    .where("box.id", "=", id)
    .where("cluster.area_id", "in", within)
    .executeTakeFirst();
  return row === undefined ? null : placedRow.parse(row);
}

/** How many boxes in service stand directly in each area, by their turn; areas without any are left out. */
export async function countBoxesByArea(db: Database): Promise<readonly AreaBoxes[]> {
  const rows = await db
    .selectFrom("box")
    .innerJoin("cluster", "cluster.id", "box.cluster_id")
    .where("box.revoked_at", "is", null)
    .select(["cluster.area_id", "cluster.turn"])
    .select((eb) => eb.fn.countAll<number>().as("boxes"))
    .groupBy(["cluster.area_id", "cluster.turn"])
    .orderBy("cluster.turn")
    .execute();
  return rows.map((row) => ({ areaId: areaId.parse(row.area_id), turn: row.turn, boxes: row.boxes }));
}

export async function insertBox(db: Database, one: Box): Promise<void> {
  await db
    .insertInto("box")
    .values({
      id: one.id,
      cluster_id: one.clusterId,
      public_key: one.publicKey,
      password_sha256: one.passwordSha256,
      enrolled_at: one.enrolledAt,
      revoked_at: one.revokedAt,
      simulated: one.simulated ? 1 : 0,
    })
    .execute();
}

/** False when it was revoked before. */
export async function revokeBox(db: Database, id: BoxId, at: Instant): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("box")
    .set({ revoked_at: at })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The boxes in service at a cluster: normally one, none before the first is enrolled. */
export async function boxesInServiceAt(db: Database, cluster: ClusterId): Promise<readonly BoxId[]> {
  const rows = await db
    .selectFrom("box")
    .where("cluster_id", "=", cluster)
    .where("revoked_at", "is", null)
    .select("id")
    .execute();
  return rows.map((row) => boxId.parse(row.id));
}
