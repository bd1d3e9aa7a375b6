import { cause, verdict } from "@loa/shared/broadcast/receipt.ts";
import { type BoxId, boxId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { BoxRow } from "../domain/box-row.ts";
import type { StreamStart } from "../event-keeper.ts";
import type { Database } from "./database.ts";

const streamRow = z
  .object({ box_id: boxId, stream: z.string(), floor: z.number(), highest: z.number(), count: z.number() })
  .transform(({ box_id, ...row }): StreamStart => ({ ...row, boxId: box_id }));

/** What was taken from each stream of events, the latest streams last. Counted in the index, without the envelopes. */
export async function readStreams(db: Database): Promise<readonly StreamStart[]> {
  const streams = db
    .selectFrom("event")
    .leftJoin("event_floor", (join) =>
      join.onRef("event_floor.box_id", "=", "event.box_id").onRef("event_floor.stream", "=", "event.stream"),
    )
    .where((eb) => eb("event.number", ">", eb.fn.coalesce("event_floor.number", eb.lit(0))))
    .select(["event.box_id", "event.stream"])
    .select((eb) => [
      eb.fn.coalesce("event_floor.number", eb.lit(0)).as("floor"),
      eb.fn.max<number>("event.number").as("highest"),
      eb.fn.countAll<number>().as("count"),
    ])
    .groupBy(["event.box_id", "event.stream", "event_floor.number"]);
  const rows = await db
    .selectFrom(streams.as("streams"))
    .innerJoin("event as last", (join) =>
      join
        .onRef("last.box_id", "=", "streams.box_id")
        .onRef("last.stream", "=", "streams.stream")
        .onRef("last.number", "=", "streams.highest"),
    )
    .select(["streams.box_id", "streams.stream", "streams.floor", "streams.highest", "streams.count"])
    .orderBy("last.received_at")
    .execute();
  return rows.map((row) => streamRow.parse(row));
}

const lastRow = z.object({
  box_id: boxId,
  occurrence_id: occurrenceId,
  title: z.string().nullable(),
  verdict,
  cause: cause.nullable(),
  due_at: instant,
  at: instant,
});

export type LastReceipts = ReadonlyMap<BoxId, NonNullable<BoxRow["lastReceipt"]>>;

/** The receipt of the latest occurrence of each box. */
export async function readLastReceipts(db: Database): Promise<LastReceipts> {
  const rows = await db
    .selectFrom("receipt")
    .innerJoin(
      (eb) =>
        eb
          .selectFrom("receipt")
          .select("box_id")
          .select((one) => one.fn.max("due_at").as("due_at"))
          .groupBy("box_id")
          .as("last"),
      (join) => join.onRef("last.box_id", "=", "receipt.box_id").onRef("last.due_at", "=", "receipt.due_at"),
    )
    .leftJoin("schedule", "schedule.id", "receipt.source_id")
    .leftJoin("emergency", "emergency.id", "receipt.source_id")
    .select((eb) => eb.fn.coalesce("schedule.title", "emergency.headline").as("title"))
    .select([
      "receipt.box_id",
      "receipt.occurrence_id",
      "receipt.verdict",
      "receipt.cause",
      "receipt.due_at",
      "receipt.at",
    ])
    .execute();
  return new Map(
    rows.map((raw) => {
      const row = lastRow.parse(raw);
      const { occurrence_id, title, verdict: said, cause: why, due_at, at } = row;
      return [
        row.box_id,
        { occurrenceId: occurrence_id, title: title ?? "", verdict: said, cause: why, dueAt: due_at, at },
      ];
    }),
  );
}
