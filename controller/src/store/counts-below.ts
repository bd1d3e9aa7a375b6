import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { LocalDate } from "@loa/shared/kernel/time.ts";
import type { Database } from "./database.ts";
import { areasBelow } from "./visible-areas.ts";

/** Clusters, the people who hear them (null: nobody has counted all of them), and boxes in service, in these areas and below them. None of the areas lies in another one. */
export async function countsBelow(
  db: Database,
  areas: readonly AreaId[],
  today: LocalDate,
): Promise<{ readonly clusters: number; readonly boxes: number; readonly people: number | null }> {
  let clusters = 0;
  let boxes = 0;
  let people: number | null = 0;
  for (const area of areas) {
    const row = await db
      .selectFrom("cluster")
      .leftJoin("box", (join) =>
        join.onRef("box.cluster_id", "=", "cluster.id").on("box.revoked_at", "is", null),
      )
      .where("cluster.area_id", "in", areasBelow(db, area, today))
      .select((eb) => [
        eb.fn.count<number>("cluster.id").distinct().as("clusters"),
        eb.fn.count<number>("box.id").distinct().as("boxes"),
      ])
      .executeTakeFirst();
    clusters += Number(row?.clusters ?? 0);
    boxes += Number(row?.boxes ?? 0);
    const heard = await peopleBelow(db, area, today);
    people = people === null || heard === null ? null : people + heard;
  }
  return { clusters, boxes, people };
}

async function peopleBelow(db: Database, area: AreaId, today: LocalDate): Promise<number | null> {
  const row = await db
    .selectFrom("cluster")
    .where("area_id", "in", areasBelow(db, area, today))
    .select((eb) => [
      eb.fn.countAll<number>().as("clusters"),
      eb.fn.count<number>("people").as("counted"),
      eb.fn.sum<number | null>("people").as("people"),
    ])
    .executeTakeFirst();
  const isCounted = row !== undefined && Number(row.counted) === Number(row.clusters);
  return isCounted ? Number(row.people ?? 0) : null;
}
