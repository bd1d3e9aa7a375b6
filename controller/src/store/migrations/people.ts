import type { Migration } from "kysely/migration";

/** How many people hear a cluster, as far as somebody has counted them. */
export const people: Migration = {
  async up(db) {
    await db.schema.alterTable("cluster").addColumn("people", "integer").execute();
  },
};
