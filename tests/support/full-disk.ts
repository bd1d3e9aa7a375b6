import type { Database } from "@loa/controller/store/database.ts";
import { sql } from "kysely";

/** The largest number of pages that SQLite knows, which is its own default. */
const noLimit = sql.lit(4_294_967_294);

/**
 * From now on the database file cannot grow: SQLite answers as it does when the disk has no room (`SQLITE_FULL`). As
 * on a real disk some last small writes still find room, in pages that are not full.
 */
export async function fillDisk(db: Database): Promise<void> {
  // A limit below the present size means: not one page more.
  await sql`pragma max_page_count = 1`.execute(db);
}

export async function emptyDisk(db: Database): Promise<void> {
  await sql`pragma max_page_count = ${noLimit}`.execute(db);
}
