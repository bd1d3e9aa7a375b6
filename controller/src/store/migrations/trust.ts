import type { Migration } from "kysely/migration";

/** Rosters, drafts of emergencies with what persons have signed of them, and the signed order of each emergency. */
export const trust: Migration = {
  async up(db) {
    await db.schema
      .createTable("roster")
      .addColumn("version", "integer", (column) => column.primaryKey())
      .addColumn("signed", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("by_user", "text", (column) => column.references("user.id"))
      .execute();
    await db.schema
      .createTable("emergency_draft")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("payload", "text", (column) => column.notNull())
      .addColumn("box_id", "text", (column) => column.references("box.id"))
      .addColumn("drafted_at", "bigint", (column) => column.notNull())
      .addColumn("approve_by", "bigint", (column) => column.notNull())
      .addColumn("raised_at", "bigint")
      .addColumn("withdrawn_at", "bigint")
      .addColumn("withdrawn_by", "text", (column) => column.references("user.id"))
      .execute();
    await db.schema
      .createIndex("emergency_draft_drafted_at")
      .on("emergency_draft")
      .column("drafted_at")
      .execute();
    await db.schema
      .createTable("emergency_approval")
      .addColumn("draft_id", "text", (column) => column.notNull().references("emergency_draft.id"))
      .addColumn("person", "text", (column) => column.notNull().references("user.id"))
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("approval", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("emergency_approval_key", ["draft_id", "person"])
      .execute();
    await db.schema.alterTable("emergency").addColumn("signed_order", "text").execute();
    await db.schema.alterTable("emergency").addColumn("replaces", "text").execute();
    await db.schema.alterTable("emergency").addColumn("correction", "text").execute();
    await db.schema.alterTable("emergency").addColumn("corrected_at", "bigint").execute();
  },
};
