import type { Migration } from "kysely/migration";

/** What boxes show to come in, and which of them seem to be two. */
export const certificates: Migration = {
  async up(db) {
    await db.schema
      .createTable("certificate")
      .addColumn("serial", "text", (column) => column.primaryKey())
      .addColumn("box_id", "text", (column) => column.notNull().references("box.id"))
      .addColumn("key_sha256", "text", (column) => column.notNull())
      .addColumn("pem", "text", (column) => column.notNull())
      .addColumn("not_before", "bigint", (column) => column.notNull())
      .addColumn("not_after", "bigint", (column) => column.notNull())
      .addColumn("issued_at", "bigint", (column) => column.notNull())
      .addColumn("replaced_by", "text")
      .execute();
    await db.schema.createIndex("certificate_box_id").on("certificate").column("box_id").execute();
    await db.schema
      .createTable("box_clone")
      .addColumn("box_id", "text", (column) => column.primaryKey().references("box.id"))
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("sign", "text", (column) => column.notNull())
      .execute();
  },
};
