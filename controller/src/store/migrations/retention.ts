import type { Migration } from "kysely/migration";

/**
 * Old rows are found by their age without reading the whole table, and a stream of events remembers up to which
 * number its rows were removed: those were taken, though nothing shows it any more.
 */
export const retention: Migration = {
  async up(db) {
    await db.schema
      .createTable("event_floor")
      .addColumn("box_id", "text", (column) => column.notNull())
      .addColumn("stream", "text", (column) => column.notNull())
      .addColumn("number", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("event_floor_key", ["box_id", "stream"])
      .execute();
    await db.schema.createIndex("event_received_at").on("event").column("received_at").execute();
    await db.schema.createIndex("sample_at").on("sample").column("at").execute();
    await db.schema.createIndex("outbox_done_at").on("outbox").columns(["kind", "done_at"]).execute();
  },
};
