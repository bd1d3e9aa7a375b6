import type { Migration } from "kysely/migration";

/** What persons have approved in advance of the alerts of others, and what was done under it. */
export const standingApprovals: Migration = {
  async up(db) {
    await db.schema
      .createTable("standing_approval")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("payload", "text", (column) => column.notNull())
      .addColumn("ends_at", "bigint", (column) => column.notNull())
      .addColumn("granted_at", "bigint")
      .addColumn("withdrawn_at", "bigint")
      .addColumn("withdrawn_by", "text", (column) => column.references("user.id"))
      .addColumn("uses", "integer", (column) => column.notNull())
      .addColumn("last_used_at", "bigint")
      .execute();
    await db.schema
      .createTable("standing_approval_signature")
      .addColumn("standing_approval_id", "text", (column) =>
        column.notNull().references("standing_approval.id"),
      )
      .addColumn("person", "text", (column) => column.notNull().references("user.id"))
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("approval", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("standing_approval_signature_key", ["standing_approval_id", "person"])
      .execute();
  },
};
