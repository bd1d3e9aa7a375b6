import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { type Reported, reported } from "@loa/shared/wire/uplink.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";
import { jsonColumn } from "./json-column.ts";

/** The latest state that outlives a restart of the controller; presence itself never does. */
export interface BoxSeen {
  readonly boxId: BoxId;
  readonly lastHeardAt: Instant;
  readonly reported: Reported | null;
}

const seenRow = z
  .object({ box_id: boxId, last_heard_at: instant, reported: jsonColumn(reported).nullable() })
  .transform(
    (row): BoxSeen => ({ boxId: row.box_id, lastHeardAt: row.last_heard_at, reported: row.reported }),
  );

export async function allBoxesSeen(db: Database): Promise<readonly BoxSeen[]> {
  const rows = await db.selectFrom("box_seen").selectAll().execute();
  return rows.map((row) => seenRow.parse(row));
}

const COLUMNS = 3;

export async function putBoxesSeen(db: Database, all: readonly BoxSeen[]): Promise<void> {
  for (const some of inParts(all, COLUMNS)) {
    await db
      .insertInto("box_seen")
      .values(
        some.map((one) => ({
          box_id: one.boxId,
          last_heard_at: one.lastHeardAt,
          reported: one.reported === null ? null : JSON.stringify(one.reported),
        })),
      )
      .onConflict((conflict) =>
        conflict.column("box_id").doUpdateSet((eb) => ({
          last_heard_at: eb.ref("excluded.last_heard_at"),
          reported: eb.ref("excluded.reported"),
        })),
      )
      .execute();
  }
}
