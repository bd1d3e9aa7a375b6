import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

/** What one box has used of its data volume in one month, as it counts itself. */
export interface DataUse {
  /** `2026-11`, local. */
  readonly month: string;
  readonly upBytes: number;
  readonly downBytes: number;
  /** The part of `downBytes` that was content and relays. */
  readonly soundBytes: number;
  /** Estimate of what TLS, TCP and IP put around all of it. */
  readonly aroundBytes: number;
  /** When the box said so. */
  readonly at: Instant;
}

const useRow = z
  .object({
    month: z.string(),
    up_bytes: z.number(),
    down_bytes: z.number(),
    sound_bytes: z.number(),
    around_bytes: z.number(),
    at: instant,
  })
  .transform(
    (row): DataUse => ({
      month: row.month,
      upBytes: row.up_bytes,
      downBytes: row.down_bytes,
      soundBytes: row.sound_bytes,
      aroundBytes: row.around_bytes,
      at: row.at,
    }),
  );

/**
 * Within a month the figures only grow: a box that lost its notes, or took the place of another one, counts from
 * nothing again, and until it has passed the older figure that one is nearer to the truth.
 */
export async function putDataUse(db: Database, box: BoxId, use: DataUse): Promise<void> {
  const values = {
    box_id: box,
    month: use.month,
    up_bytes: use.upBytes,
    down_bytes: use.downBytes,
    sound_bytes: use.soundBytes,
    around_bytes: use.aroundBytes,
    at: use.at,
  };
  await db
    .insertInto("data_use")
    .values(values)
    .onConflict((conflict) =>
      conflict
        .columns(["box_id", "month"])
        .doUpdateSet(values)
        .where((eb) =>
          eb(
            eb(eb.ref("data_use.up_bytes"), "+", eb.ref("data_use.down_bytes")),
            "<=",
            use.upBytes + use.downBytes,
          ),
        ),
    )
    .execute();
}

/** Newest month first. */
export async function dataUseOf(db: Database, box: BoxId, months: number): Promise<readonly DataUse[]> {
  const rows = await db
    .selectFrom("data_use")
    .where("box_id", "=", box)
    .select(["month", "up_bytes", "down_bytes", "sound_bytes", "around_bytes", "at"])
    .orderBy("month", "desc")
    .limit(months)
    .execute();
  return rows.map((row) => useRow.parse(row));
}
