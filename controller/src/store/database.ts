import type { Kysely } from "kysely";
import type { Tables } from "./schema.ts";

/** The tables, through a connection or inside a transaction: `db.transaction().execute(async (tx) => …)`. */
export type Database = Kysely<Tables>;
