import type { Migration } from "kysely/migration";

/** Passkeys, persons of an OpenID provider, the break-glass account, and what a session was begun with. */
export const operators: Migration = {
  async up(db) {
    await db.schema
      .createTable("passkey")
      .addColumn("credential_id", "text", (column) => column.primaryKey())
      .addColumn("user_id", "text", (column) => column.notNull().references("user.id"))
      .addColumn("public_key", "text", (column) => column.notNull())
      .addColumn("algorithm", "text", (column) => column.notNull())
      .addColumn("counter", "bigint", (column) => column.notNull())
      .addColumn("transports", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_used_at", "bigint")
      .execute();
    await db.schema.createIndex("passkey_user_id").on("passkey").column("user_id").execute();
    await db.schema
      .createTable("identity")
      .addColumn("issuer", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("user_id", "text", (column) => column.notNull().unique().references("user.id"))
      .addColumn("linked_at", "bigint", (column) => column.notNull())
      .addColumn("linked_by", "text", (column) => column.references("user.id"))
      .addPrimaryKeyConstraint("identity_key", ["issuer", "subject"])
      .execute();
    await db.schema
      .alterTable("user")
      .addColumn("break_glass", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema
      .alterTable("session")
      .addColumn("proven_at", "bigint", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema
      .alterTable("session")
      .addColumn("method", "text", (column) => column.notNull().defaultTo("password"))
      .execute();
    await db.schema
      .alterTable("session")
      .addColumn("address", "text", (column) => column.notNull().defaultTo(""))
      .execute();
    await db.schema.createIndex("session_user_id").on("session").column("user_id").execute();
  },
};
