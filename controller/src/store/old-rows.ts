import { boxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

/** Removes at most `limit` of the oldest rows of its kind from before this instant; answers how many it found. */
export type RemoveOld = (db: Database, before: Instant, limit: number) => Promise<number>;

export const removeOldSamples: RemoveOld = async (db, before, limit) => {
  const { numDeletedRows } = await db
    .deleteFrom("sample")
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple("box_id", "capability", "at"),
        "in",
        selectFrom("sample")
          .where("at", "<", before)
          .select(["box_id", "capability", "at"])
          .limit(limit)
          .$asTuple("box_id", "capability", "at"),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

export const removeOldSelfTests: RemoveOld = async (db, before, limit) => {
  const { numDeletedRows } = await db
    .deleteFrom("self_test")
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple("box_id", "at"),
        "in",
        selectFrom("self_test")
          .where("at", "<", before)
          .select(["box_id", "at"])
          .limit(limit)
          .$asTuple("box_id", "at"),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

export const removeOldLooks: RemoveOld = async (db, before, limit) => {
  const { numDeletedRows } = await db
    .deleteFrom("readiness_look")
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple("box_id", "occurrence_id", "stage"),
        "in",
        selectFrom("readiness_look")
          .where("at", "<", before)
          .select(["box_id", "occurrence_id", "stage"])
          .limit(limit)
          .$asTuple("box_id", "occurrence_id", "stage"),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

export const removeOldDataUse: RemoveOld = async (db, before, limit) => {
  const { numDeletedRows } = await db
    .deleteFrom("data_use")
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple("box_id", "month"),
        "in",
        selectFrom("data_use")
          .where("at", "<", before)
          .select(["box_id", "month"])
          .limit(limit)
          .$asTuple("box_id", "month"),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

/** Plans that were answered or replaced. What became of a STOP stays. */
export const removeOldPlans: RemoveOld = async (db, before, limit) => {
  const { numDeletedRows } = await db
    .deleteFrom("outbox")
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple("command_id", "box_id"),
        "in",
        selectFrom("outbox")
          .where("kind", "=", "plan")
          .where("done_at", "<", before)
          .select(["command_id", "box_id"])
          .limit(limit)
          .$asTuple("command_id", "box_id"),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

const oldEvent = z.object({ box_id: boxId, stream: z.string(), number: z.number() });
type OldEvent = z.infer<typeof oldEvent>;

/** Signed events; receipts and as-run rows that were made of them stay, and so does the last event of each stream. */
export const removeOldEvents: RemoveOld = async (db, before, limit) => {
  const rows = await db
    .selectFrom("event")
    .where("received_at", "<", before)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("event as later")
          .whereRef("later.box_id", "=", "event.box_id")
          .whereRef("later.stream", "=", "event.stream")
          .whereRef("later.number", ">", "event.number")
          .select("later.number"),
      ),
    )
    .select(["box_id", "stream", "number"])
    .orderBy("received_at")
    .limit(limit)
    .execute();
  const old = rows.map((row) => oldEvent.parse(row));
  const floors = new Map<string, OldEvent>();
  for (const one of old) {
    const key = `${one.box_id} ${one.stream}`;
    if (one.number > (floors.get(key)?.number ?? 0)) floors.set(key, one);
  }
  await db.transaction().execute(async (tx) => {
    for (const floor of floors.values()) await raiseFloor(tx, floor);
    for (const one of old) await removeEvent(tx, one);
  });
  return old.length;
};

async function raiseFloor(db: Database, floor: OldEvent): Promise<void> {
  await db
    .insertInto("event_floor")
    .values(floor)
    .onConflict((conflict) =>
      conflict
        .columns(["box_id", "stream"])
        .doUpdateSet({ number: floor.number })
        .where("event_floor.number", "<", floor.number),
    )
    .execute();
}

async function removeEvent(db: Database, one: OldEvent): Promise<void> {
  await db
    .deleteFrom("event")
    .where("box_id", "=", one.box_id)
    .where("stream", "=", one.stream)
    .where("number", "=", one.number)
    .execute();
}
