import { clipOf } from "@loa/shared/broadcast/air-item.ts";
import { plan } from "@loa/shared/broadcast/plan.ts";
import type { BoxId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/** A box that was just enrolled: revision 0, so that it gets its first plan. */
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
    })
    .execute();
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
