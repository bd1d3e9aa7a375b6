import { sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What a passkey is for: signing in, or approving emergencies, never both. Those of persons who may approve were made for
 * that. And when a count of signatures told that somebody has a copy.
 */
export const keyPurposes: Migration = {
  async up(db) {
    await db.schema
      .alterTable("passkey")
      .addColumn("purpose", "text", (column) => column.notNull().defaultTo("sign-in"))
      .execute();
    await db.schema.alterTable("passkey").addColumn("copied_at", "bigint").execute();
    await sql`UPDATE passkey SET purpose = 'approve'
      WHERE user_id IN (SELECT user_id FROM "grant" WHERE role = 'emergency-approver')`.execute(db);
  },
};
