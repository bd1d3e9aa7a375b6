import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Database } from "./database.ts";

/** One event of a box as it came, kept as evidence. */
export interface StoredEvent {
  readonly boxId: BoxId;
  readonly stream: string;
  readonly number: number;
  readonly receivedAt: Instant;
  /** The signed envelope. */
  readonly envelope: string;
}

/** False when this number of the stream was taken before: then nothing else may be written for it either. */
export async function insertEvent(db: Database, one: StoredEvent): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("event")
    .values({
      box_id: one.boxId,
      stream: one.stream,
      number: one.number,
      received_at: one.receivedAt,
      envelope: one.envelope,
    })
    .onConflict((conflict) => conflict.columns(["box_id", "stream", "number"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
