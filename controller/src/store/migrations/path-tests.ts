import type { Migration } from "kysely/migration";

/** Tests of the way that emergencies go. */
export const pathTests: Migration = {
  async up(db) {
    await db.schema
      .createTable("path_test")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
      .addColumn("at", "integer", (column) => column.notNull())
      .addColumn("by_user", "text", (column) => column.references("user.id"))
      .addColumn("judged_at", "integer")
      .execute();
    await db.schema.createIndex("path_test_at").on("path_test").column("at").execute();
  },
};
