import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Types are those that SQLite and PostgreSQL both know: instants are `bigint` milliseconds. Rows that arrive by the
 * thousand (events, receipts, samples) have no foreign keys, and outlive the box that they tell of.
 */
export const firstTables: Migration = {
  async up(db) {
    await createPlaces(db);
    await createPeople(db);
    await createContent(db);
    await createSchedules(db);
    await createWire(db);
    await createReports(db);
    await createBooks(db);
  },
};

type Schema = Kysely<unknown>;

async function createPlaces(db: Schema): Promise<void> {
  await db.schema
    .createTable("area")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("placement")
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addColumn("parent_id", "text", (column) => column.references("area.id"))
    .addColumn("from_date", "text", (column) => column.notNull())
    .addColumn("to_date", "text")
    .addPrimaryKeyConstraint("placement_key", ["area_id", "from_date"])
    .execute();
  await index(db, "placement", ["parent_id"]);
  await db.schema
    .createTable("area_rules")
    .addColumn("area_id", "text", (column) => column.primaryKey().references("area.id"))
    .addColumn("rules", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("cluster")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addColumn("horns", "integer", (column) => column.notNull())
    .addColumn("latitude", "double precision")
    .addColumn("longitude", "double precision")
    .addColumn("gain_db", "double precision", (column) => column.notNull())
    .addColumn("zones", "text", (column) => column.notNull())
    .execute();
  await index(db, "cluster", ["area_id"]);
  await db.schema
    .createTable("box")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("cluster_id", "text", (column) => column.notNull().references("cluster.id"))
    .addColumn("public_key", "text", (column) => column.notNull())
    .addColumn("password_sha256", "text", (column) => column.notNull())
    .addColumn("enrolled_at", "bigint", (column) => column.notNull())
    .addColumn("revoked_at", "bigint")
    .addColumn("simulated", "integer", (column) => column.notNull())
    .execute();
  await index(db, "box", ["cluster_id"]);
}

async function createPeople(db: Schema): Promise<void> {
  await db.schema
    .createTable("user")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("password_hash", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("disabled_at", "bigint")
    .execute();
  await db.schema
    .createTable("grant")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("user_id", "text", (column) => column.notNull().references("user.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addColumn("from_date", "text", (column) => column.notNull())
    .addColumn("to_date", "text")
    .execute();
  await index(db, "grant", ["user_id"]);
  await db.schema
    .createTable("session")
    .addColumn("id_sha256", "text", (column) => column.primaryKey())
    .addColumn("user_id", "text", (column) => column.notNull().references("user.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("last_used_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await index(db, "session", ["expires_at"]);
  await db.schema
    .createTable("claim")
    .addColumn("code_sha256", "text", (column) => column.primaryKey())
    .addColumn("cluster_id", "text", (column) => column.notNull().references("cluster.id"))
    .addColumn("created_by", "text", (column) => column.notNull().references("user.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("used_at", "bigint")
    .addColumn("used_by_box", "text")
    .addColumn("simulated", "integer", (column) => column.notNull())
    .execute();
  await index(db, "claim", ["cluster_id"]);
}

async function createContent(db: Schema): Promise<void> {
  await db.schema
    .createTable("clip")
    .addColumn("sha256", "text", (column) => column.primaryKey())
    .addColumn("size_bytes", "bigint", (column) => column.notNull())
    .addColumn("duration_ms", "integer", (column) => column.notNull())
    .addColumn("gain_db", "double precision", (column) => column.notNull())
    .addColumn("loudness_lufs", "double precision", (column) => column.notNull())
    .addColumn("true_peak_db", "double precision", (column) => column.notNull())
    .addColumn("waveform", "text", (column) => column.notNull())
    .addColumn("source_sha256", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("upload")
    .addColumn("clip_sha256", "text", (column) => column.notNull().references("clip.sha256"))
    .addColumn("created_by", "text", (column) => column.notNull().references("user.id"))
    .addColumn("file_name", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("upload_key", ["clip_sha256", "created_by"])
    .execute();
  await index(db, "upload", ["created_by", "created_at"]);
  await db.schema
    .createTable("bulletin")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("class", "text", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("clip_sha256", "text", (column) => column.notNull().references("clip.sha256"))
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addColumn("created_by", "text", (column) => column.notNull().references("user.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await index(db, "bulletin", ["area_id"]);
  await index(db, "bulletin", ["clip_sha256"]);
  await db.schema
    .createTable("programme")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("bulletins", "text", (column) => column.notNull())
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addColumn("created_by", "text", (column) => column.notNull().references("user.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await index(db, "programme", ["area_id"]);
}

async function createSchedules(db: Schema): Promise<void> {
  await db.schema
    .createTable("schedule")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("programme_id", "text", (column) => column.notNull().references("programme.id"))
    .addColumn("class", "text", (column) => column.notNull())
    .addColumn("order_no", "integer", (column) => column.notNull())
    .addColumn("recurrence", "text", (column) => column.notNull())
    .addColumn("exception", "integer", (column) => column.notNull())
    .addColumn("exception_by", "text", (column) => column.references("user.id"))
    .addColumn("exception_at", "bigint")
    .addColumn("exception_asked", "integer", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull().references("user.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("withdrawn_at", "bigint")
    .addColumn("withdrawn_by", "text", (column) => column.references("user.id"))
    .execute();
  await index(db, "schedule", ["withdrawn_at"]);
  await db.schema
    .createTable("schedule_area")
    .addColumn("schedule_id", "text", (column) => column.notNull().references("schedule.id"))
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addPrimaryKeyConstraint("schedule_area_key", ["schedule_id", "area_id"])
    .execute();
  await index(db, "schedule_area", ["area_id"]);
}

async function createWire(db: Schema): Promise<void> {
  await db.schema
    .createTable("plan_state")
    .addColumn("box_id", "text", (column) => column.primaryKey().references("box.id"))
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("body_sha256", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("manifest_sha256", "text", (column) => column.notNull())
    .addColumn("applied_revision", "integer", (column) => column.notNull())
    .addColumn("dirty", "integer", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("plan_state_dirty")
    .on("plan_state")
    .column("box_id")
    .where(sql.ref("dirty"), "=", 1)
    .execute();
  await db.schema
    .createTable("outbox")
    .addColumn("command_id", "text", (column) => column.notNull())
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("area_id", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("next_at", "bigint", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("reason", "text")
    .addColumn("done_at", "bigint")
    .addPrimaryKeyConstraint("outbox_key", ["command_id", "box_id"])
    .execute();
  await index(db, "outbox", ["state", "next_at"]);
  await index(db, "outbox", ["box_id", "state"]);
  await db.schema
    .createTable("event")
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("stream", "text", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("received_at", "bigint", (column) => column.notNull())
    .addColumn("envelope", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("event_key", ["box_id", "stream", "number"])
    .execute();
}

async function createReports(db: Schema): Promise<void> {
  await db.schema
    .createTable("receipt")
    .addColumn("occurrence_id", "text", (column) => column.notNull())
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("schedule_id", "text", (column) => column.notNull())
    .addColumn("due_at", "bigint", (column) => column.notNull())
    .addColumn("verdict", "text", (column) => column.notNull())
    .addColumn("cause", "text")
    .addColumn("evidence", "text")
    .addColumn("at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("receipt_key", ["box_id", "occurrence_id"])
    .execute();
  await index(db, "receipt", ["due_at"]);
  await index(db, "receipt", ["box_id", "due_at"]);
  await index(db, "receipt", ["schedule_id", "due_at"]);
  await db.schema
    .createTable("as_run")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("occurrence_id", "text", (column) => column.notNull())
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("ended_at", "bigint", (column) => column.notNull())
    .addColumn("offset_ms", "integer", (column) => column.notNull())
    .addColumn("rms_db", "double precision")
    .execute();
  await index(db, "as_run", ["box_id", "started_at"]);
  await db.schema
    .createTable("fault_log")
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("since", "bigint", (column) => column.notNull())
    .addColumn("cleared_at", "bigint")
    .addPrimaryKeyConstraint("fault_log_key", ["box_id", "kind", "since"])
    .execute();
  await index(db, "fault_log", ["box_id", "since"]);
  await db.schema
    .createTable("sample")
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("capability", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("value", "double precision")
    .addPrimaryKeyConstraint("sample_key", ["box_id", "capability", "at"])
    .execute();
  await db.schema
    .createTable("box_seen")
    .addColumn("box_id", "text", (column) => column.primaryKey())
    .addColumn("last_heard_at", "bigint", (column) => column.notNull())
    .addColumn("reported", "text")
    .execute();
}

async function createBooks(db: Schema): Promise<void> {
  await db.schema
    .createTable("stop_order")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("area_id", "text", (column) => column.notNull().references("area.id"))
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("by_user", "text", (column) => column.notNull().references("user.id"))
    .execute();
  await index(db, "stop_order", ["area_id", "at"]);
  await db.schema
    .createTable("audit")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("user_id", "text")
    .addColumn("act", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("area_id", "text")
    .addColumn("detail", "text", (column) => column.notNull())
    .execute();
  await index(db, "audit", ["area_id", "at"]);
  await index(db, "audit", ["user_id", "at"]);
  await db.schema
    .createTable("setting")
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
}

function index(db: Schema, table: string, columns: readonly string[]): Promise<void> {
  return db.schema
    .createIndex([table, ...columns].join("_"))
    .on(table)
    .columns([...columns])
    .execute();
}
