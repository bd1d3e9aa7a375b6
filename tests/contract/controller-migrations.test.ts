import { join } from "node:path";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { firstTables } from "@loa/controller/store/migrations/first-tables.ts";
import { retention } from "@loa/controller/store/migrations/retention.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { renditionsOfClips } from "@loa/controller/store/renditions.ts";
import type { Tables } from "@loa/controller/store/schema.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, test } from "vitest";
import { testFolder } from "../support/temp-folder.ts";

test("clips of before there were renditions are their own base rendition, untrimmed", async () => {
  const path = join(await testFolder(), "loa.db");
  const old = new Kysely<Tables>({ dialect: openSqlite(path) });
  const migrations = { "0001-first-tables": firstTables, "0002-retention": retention };
  const migrator = new Migrator({ db: old, provider: { getMigrations: async () => migrations } });
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  const clip = "c".repeat(64) as Sha256;
  const row = { sha256: clip, size_bytes: 480_000, duration_ms: 60_000, gain_db: 3, loudness_lufs: -20 };
  await old
    .insertInto("clip")
    // The columns of that time.
    .values({ ...row, true_peak_db: -3, waveform: "[]", source_sha256: "d".repeat(64) } as never)
    .execute();
  await old.destroy();

  const db = await openDatabase(openSqlite(path));
  expect((await renditionsOfClips(db, [clip])).get(clip)).toEqual([
    { kind: "mp3-64", sha256: clip, sizeBytes: 480_000 },
  ]);
  const now = await db.selectFrom("clip").select(["trimmed_start_ms", "trimmed_end_ms"]).execute();
  expect(now).toEqual([{ trimmed_start_ms: 0, trimmed_end_ms: 0 }]);
  await db.destroy();
});
