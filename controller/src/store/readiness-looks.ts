import { cause } from "@loa/shared/broadcast/receipt.ts";
import { type BoxId, boxId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { ReadinessLook } from "../domain/readiness.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

const lookRow = z
  .object({
    box_id: boxId,
    occurrence_id: occurrenceId,
    stage: z.enum(["early", "late"]),
    lacks: jsonColumn(z.array(cause).readonly()),
    at: instant,
  })
  .transform(
    ({ box_id, occurrence_id, ...row }): StoredLook => ({
      ...row,
      boxId: box_id,
      occurrenceId: occurrence_id,
    }),
  );

export interface StoredLook extends ReadinessLook {
  readonly boxId: BoxId;
}

/** Told again, the later word counts. */
export async function putLook(db: Database, look: StoredLook): Promise<void> {
  const { boxId: box_id, occurrenceId: occurrence_id, stage, at } = look;
  const lacks = JSON.stringify(look.lacks);
  await db
    .insertInto("readiness_look")
    .values({ box_id, occurrence_id, stage, lacks, at })
    .onConflict((conflict) =>
      conflict.columns(["box_id", "occurrence_id", "stage"]).doUpdateSet({ lacks, at }),
    )
    .execute();
}

/** Oldest first. */
export async function looksSince(db: Database, since: Instant): Promise<readonly StoredLook[]> {
  const rows = await db
    .selectFrom("readiness_look")
    .where("at", ">=", since)
    .selectAll()
    .orderBy("at")
    .execute();
  return rows.map((row) => lookRow.parse(row));
}
