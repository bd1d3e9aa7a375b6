import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What may sound besides clips: relays as items of programmes, emergencies, and how loud and when an area speaks. Plans
 * are compiled from all tables at once, so no row says any more that its plan is out of date.
 */
export const sound: Migration = {
  async up(db) {
    await createRelays(db);
    await changeProgrammes(db);
    await changePlaces(db);
    await createEmergencies(db);
    await tellMoreOfAsRun(db);
    await db.schema.dropIndex("plan_state_dirty").execute();
    await db.schema.alterTable("plan_state").dropColumn("dirty").execute();
    await db.schema.alterTable("receipt").renameColumn("schedule_id", "source_id").execute();
  },
};

type Schema = Kysely<unknown>;

async function createRelays(db: Schema): Promise<void> {
  await db.schema
    .createTable("relay")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull().references("user.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("withdrawn_at", "bigint")
    .execute();
  await db.schema.createIndex("relay_area_id").on("relay").column("area_id").execute();
}

/** Lists of bulletin ids become lists of items. */
async function changeProgrammes(db: Schema): Promise<void> {
  await addColumn(db, "programme", "items", "text", "[]");
  const { rows } = await sql<{ id: string; bulletins: string }>`select id, bulletins from programme`.execute(
    db,
  );
  for (const { id, bulletins } of rows) {
    const ids: readonly unknown[] = JSON.parse(bulletins);
    const items = JSON.stringify(ids.map((bulletin) => ({ bulletin, end: "soft" })));
    await sql`update programme set items = ${items} where id = ${id}`.execute(db);
  }
  await db.schema.alterTable("programme").dropColumn("bulletins").execute();
  await addColumn(db, "schedule", "chime", "integer", 0);
  await addColumn(db, "schedule", "turns", "integer", 0);
}

async function changePlaces(db: Schema): Promise<void> {
  await addColumn(db, "cluster", "align_delay_ms", "integer", 0);
  await addColumn(db, "cluster", "turn", "integer", 0);
  await db.schema
    .createTable("area_settings")
    .addColumn("area_id", "text", (column) => column.primaryKey().references("area.id"))
    .addColumn("settings", "text", (column) => column.notNull())
    .execute();
}

async function createEmergencies(db: Schema): Promise<void> {
  await db.schema
    .createTable("emergency")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("severity", "text", (column) => column.notNull())
    .addColumn("headline", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("siren_ms", "integer", (column) => column.notNull())
    .addColumn("notice", "text")
    .addColumn("times", "integer", (column) => column.notNull())
    .addColumn("gap_ms", "integer", (column) => column.notNull())
    .addColumn("command_id", "text", (column) => column.notNull().unique())
    .addColumn("raised_by", "text", (column) => column.notNull().references("user.id"))
    .addColumn("cancelled_at", "bigint")
    .addColumn("cancelled_by", "text", (column) => column.references("user.id"))
    .addColumn("cancel_command_id", "text")
    .execute();
  await db.schema.createIndex("emergency_at").on("emergency").column("at").execute();
  await db.schema
    .createTable("emergency_area")
    .addColumn("emergency_id", "text", (column) => column.notNull().references("emergency.id"))
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addPrimaryKeyConstraint("emergency_area_key", ["emergency_id", "area_id"])
    .execute();
  await db.schema
    .createTable("emergency_sound")
    .addColumn("emergency_id", "text", (column) => column.notNull())
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("emergency_sound_key", ["emergency_id", "box_id"])
    .execute();
}

/** Rows of older boxes say that they know nothing of it. */
async function tellMoreOfAsRun(db: Schema): Promise<void> {
  await addColumn(db, "as_run", "filler", "integer", 0);
  await addColumn(db, "as_run", "clock", "text", "untrusted");
  await db.schema.alterTable("as_run").addColumn("clock_error_ms", "double precision").execute();
  await addColumn(db, "as_run", "in_step", "integer", 0);
  await addColumn(db, "as_run", "received_bytes", "integer", 0);
}

async function addColumn(
  db: Schema,
  table: string,
  name: string,
  type: "text" | "integer",
  otherwise: string | number,
): Promise<void> {
  await db.schema
    .alterTable(table)
    .addColumn(name, type, (column) => column.notNull().defaultTo(otherwise))
    .execute();
}
