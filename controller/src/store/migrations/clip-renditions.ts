import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * A clip has several files: the base rendition, whose hash is the clip's own, and others for smaller data budgets. What
 * people brought is kept beside them for a while.
 */
export const clipRenditions: Migration = {
  async up(db) {
    await createRenditions(db);
    await db.schema
      .createTable("area_audio")
      .addColumn("area_id", "text", (column) => column.primaryKey().references("area.id"))
      .addColumn("rendition", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("original")
      .addColumn("sha256", "text", (column) => column.primaryKey())
      .addColumn("size_bytes", "bigint", (column) => column.notNull())
      .addColumn("kept_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("original_kept_at").on("original").column("kept_at").execute();
    for (const column of ["trimmed_start_ms", "trimmed_end_ms"]) {
      await db.schema
        .alterTable("clip")
        .addColumn(column, "integer", (one) => one.notNull().defaultTo(0))
        .execute();
    }
  },
};

async function createRenditions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("rendition")
    .addColumn("clip_sha256", "text", (column) => column.notNull().references("clip.sha256"))
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("size_bytes", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("rendition_key", ["clip_sha256", "kind"])
    .execute();
  await db.schema.createIndex("rendition_sha256").on("rendition").column("sha256").execute();
  // Every clip so far is mono mp3 of 64 kbit/s.
  await sql`insert into rendition (clip_sha256, kind, sha256, size_bytes)
    select sha256, 'mp3-64', sha256, size_bytes from clip`.execute(db);
}
