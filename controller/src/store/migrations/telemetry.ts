import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What a box measures of itself beside its samples: the value behind a fault, its daily self-test, the looks before an
 * occurrence, and what it costs in data.
 */
export const telemetry: Migration = {
  async up(db) {
    await tellMoreOfFaults(db);
    await createSelfTests(db);
    await createLooks(db);
    await db.schema
      .createTable("data_use")
      .addColumn("box_id", "text", (column) => column.notNull())
      .addColumn("month", "text", (column) => column.notNull())
      .addColumn("up_bytes", "bigint", (column) => column.notNull())
      .addColumn("down_bytes", "bigint", (column) => column.notNull())
      .addColumn("sound_bytes", "bigint", (column) => column.notNull())
      .addColumn("around_bytes", "bigint", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("data_use_key", ["box_id", "month"])
      .execute();
    await db.schema.createIndex("data_use_at").on("data_use").column("at").execute();
  },
};

type Schema = Kysely<unknown>;

/** Older faults, and those that no measured point raises, have none of it. */
async function tellMoreOfFaults(db: Schema): Promise<void> {
  for (const column of ["severity", "point"]) {
    await db.schema.alterTable("fault_log").addColumn(column, "text").execute();
  }
  for (const column of ["value", "threshold"]) {
    await db.schema.alterTable("fault_log").addColumn(column, "double precision").execute();
  }
}

/** Of what was looked at: 1, 0, or null where this cabinet cannot tell. */
async function createSelfTests(db: Schema): Promise<void> {
  await db.schema
    .createTable("self_test")
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("cause", "text")
    .addColumn("switches", "integer")
    .addColumn("read_back", "integer")
    .addColumn("line", "integer")
    .addColumn("line_current_a", "double precision")
    .addColumn("line_impedance_ohm", "double precision")
    .addPrimaryKeyConstraint("self_test_key", ["box_id", "at"])
    .execute();
  await db.schema.createIndex("self_test_at").on("self_test").column("at").execute();
}

async function createLooks(db: Schema): Promise<void> {
  await db.schema
    .createTable("readiness_look")
    .addColumn("box_id", "text", (column) => column.notNull())
    .addColumn("occurrence_id", "text", (column) => column.notNull())
    .addColumn("stage", "text", (column) => column.notNull())
    .addColumn("lacks", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("readiness_look_key", ["box_id", "occurrence_id", "stage"])
    .execute();
  await db.schema.createIndex("readiness_look_at").on("readiness_look").column("at").execute();
}
