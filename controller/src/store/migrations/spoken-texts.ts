import type { Migration } from "kysely/migration";

/** Clips that are typed text, read aloud by a machine. */
export const spokenTexts: Migration = {
  async up(db) {
    await db.schema.alterTable("upload").addColumn("written", "text").execute();
    await db.schema
      .createTable("speech")
      .addColumn("clip_sha256", "text", (column) => column.primaryKey().references("clip.sha256"))
      .addColumn("spoken", "text", (column) => column.notNull())
      .addColumn("dialect", "text", (column) => column.notNull())
      .addColumn("rate", "integer", (column) => column.notNull())
      .execute();
  },
};
