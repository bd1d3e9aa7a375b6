import type { Migration } from "kysely/migration";

/** Stations that emergencies pass on. */
export const emergencyStreams: Migration = {
  async up(db) {
    await db.schema.alterTable("emergency").addColumn("stream", "text").execute();
  },
};
