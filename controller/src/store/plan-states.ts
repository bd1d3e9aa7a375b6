import { clipOf } from "@loa/shared/broadcast/air-item.ts";
import { plan } from "@loa/shared/broadcast/plan.ts";
import type { AreaId, BoxId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { LocalDate } from "@loa/shared/kernel/time.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import { areasBelow } from "./visible-areas.ts";

/** A box that was just enrolled: revision 0, and dirty so that it gets its first plan. */
export async function insertPlanState(db: Database, box: BoxId): Promise<void> {
  await db
    .insertInto("plan_state")
    .values({
      box_id: box,
      revision: 0,
      body_sha256: "",
      body: "",
      manifest_sha256: "",
      applied_revision: 0,
      dirty: 1,
    })
    .execute();
}

/** Always inside the transaction of the change that makes plans stale. */
export async function markAreasDirty(
  db: Database,
  areas: readonly AreaId[],
  today: LocalDate,
): Promise<void> {
  for (const area of areas) {
    await db
      .updateTable("plan_state")
      .set({ dirty: 1 })
      .where("box_id", "in", (eb) =>
        eb
          .selectFrom("box")
          .innerJoin("cluster", "cluster.id", "box.cluster_id")
          .where("cluster.area_id", "in", areasBelow(db, area, today))
          .where("box.revoked_at", "is", null)
          .select("box.id"),
      )
      .execute();
  }
}

const planColumn = jsonColumn(plan);

/** What a box may fetch: the manifest of its wanted plan and the clips named there. Empty without a plan. */
export async function contentOf(db: Database, box: BoxId): Promise<ReadonlySet<Sha256>> {
  const row = await db
    .selectFrom("plan_state")
    .where("box_id", "=", box)
    .where("revision", ">", 0)
    .select("body")
    .executeTakeFirst();
  if (row === undefined) return new Set();
  const wanted = planColumn.parse(row.body);
  return new Set([
    wanted.manifest,
    ...wanted.schedules.flatMap((schedule) => schedule.items.flatMap((item) => clipOf(item) ?? [])),
    ...(wanted.filler === null ? [] : [wanted.filler]),
  ]);
}
