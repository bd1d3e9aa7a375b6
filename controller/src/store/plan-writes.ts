import { type BoxId, boxId, type Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { insertOutbox, type OutboxRow } from "./outbox.ts";

/** How far the plan of a box has come, without the plan itself. */
export interface PlanProgress {
  readonly boxId: BoxId;
  readonly revision: number;
  readonly bodySha256: string;
  readonly appliedRevision: number;
}

const progressRow = z
  .object({ box_id: boxId, revision: z.number(), body_sha256: z.string(), applied_revision: z.number() })
  .transform(
    (row): PlanProgress => ({
      boxId: row.box_id,
      revision: row.revision,
      bodySha256: row.body_sha256,
      appliedRevision: row.applied_revision,
    }),
  );

export async function allPlanProgress(db: Database): Promise<readonly PlanProgress[]> {
  const rows = await db
    .selectFrom("plan_state")
    .select(["box_id", "revision", "body_sha256", "applied_revision"])
    .execute();
  return rows.map((row) => progressRow.parse(row));
}

export interface NewPlan extends PlanProgress {
  /** JSON of the plan. */
  readonly body: string;
  readonly manifestSha256: Sha256;
  readonly row: OutboxRow;
}

/** New plans and their outbox rows, in the place of those that still wait. One transaction. */
export async function writePlans(db: Database, plans: readonly NewPlan[], at: Instant): Promise<void> {
  if (plans.length === 0) return;
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable("outbox")
      .set({ state: "replaced", done_at: at })
      .where("kind", "=", "plan")
      .where("state", "=", "pending")
      .where(
        "box_id",
        "in",
        plans.map((one) => one.boxId),
      )
      .execute();
    await insertOutbox(
      tx,
      plans.map((one) => one.row),
    );
    await tx
      .insertInto("plan_state")
      .values(
        plans.map((one) => ({
          box_id: one.boxId,
          revision: one.revision,
          body_sha256: one.bodySha256,
          body: one.body,
          manifest_sha256: one.manifestSha256,
          applied_revision: one.appliedRevision,
        })),
      )
      .onConflict((conflict) =>
        conflict.column("box_id").doUpdateSet((eb) => ({
          revision: eb.ref("excluded.revision"),
          body_sha256: eb.ref("excluded.body_sha256"),
          body: eb.ref("excluded.body"),
          manifest_sha256: eb.ref("excluded.manifest_sha256"),
        })),
      )
      .execute();
  });
}

/** JSON of the plan of a box, if it is of this revision. */
export async function planText(db: Database, box: BoxId, revision: number): Promise<string | null> {
  const row = await db
    .selectFrom("plan_state")
    .where("box_id", "=", box)
    .where("revision", "=", revision)
    .select("body")
    .executeTakeFirst();
  return row?.body ?? null;
}

export async function setApplied(db: Database, box: BoxId, revision: number): Promise<void> {
  await db.updateTable("plan_state").set({ applied_revision: revision }).where("box_id", "=", box).execute();
}
