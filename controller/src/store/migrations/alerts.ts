import type { Migration } from "kysely/migration";

/** Alerts of others (CAP), as they came and as they were read, and who may send them by machine. */
export const alerts: Migration = {
  async up(db) {
    await db.schema
      .createTable("alert")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("sender", "text", (column) => column.notNull())
      .addColumn("identifier", "text", (column) => column.notNull())
      .addColumn("received_at", "integer", (column) => column.notNull())
      .addColumn("received_by", "text", (column) => column.notNull())
      .addColumn("alert", "text", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .addColumn("areas", "text", (column) => column.notNull())
      .addColumn("dismissed_at", "integer")
      .addColumn("dismissed_by", "text", (column) => column.references("user.id"))
      .addUniqueConstraint("alert_name", ["sender", "identifier"])
      .execute();
    await db.schema.createIndex("alert_received_at").on("alert").column("received_at").execute();
    await db.schema
      .createTable("alert_sender")
      .addColumn("sender", "text", (column) => column.primaryKey())
      .addColumn("token_hash", "text", (column) => column.notNull().unique())
      .addColumn("added_at", "integer", (column) => column.notNull())
      .addColumn("added_by", "text", (column) => column.notNull().references("user.id"))
      .execute();
  },
};
