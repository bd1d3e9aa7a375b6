import type { Migration } from "kysely/migration";

/** Senders of alerts that sign, and feeds that are asked for alerts. */
export const alertFeeds: Migration = {
  async up(db) {
    await db.schema.alterTable("alert_sender").addColumn("certificate", "text").execute();
    await db.schema
      .createTable("alert_feed")
      .addColumn("url", "text", (column) => column.primaryKey())
      .addColumn("every_s", "integer", (column) => column.notNull())
      .addColumn("added_at", "integer", (column) => column.notNull())
      .addColumn("added_by", "text", (column) => column.notNull().references("user.id"))
      .addColumn("etag", "text")
      .addColumn("last_modified", "text")
      .addColumn("looked_at", "integer")
      .addColumn("good_at", "integer")
      .addColumn("failures", "integer", (column) => column.notNull())
      .addColumn("problem", "text")
      .execute();
    await db.schema
      .createTable("alert_feed_entry")
      .addColumn("feed_url", "text", (column) =>
        column.notNull().references("alert_feed.url").onDelete("cascade"),
      )
      .addColumn("link", "text", (column) => column.notNull())
      .addColumn("updated", "text", (column) => column.notNull())
      .addColumn("seen_at", "integer", (column) => column.notNull())
      .addColumn("problem", "text")
      .addPrimaryKeyConstraint("alert_feed_entry_key", ["feed_url", "link"])
      .execute();
  },
};
