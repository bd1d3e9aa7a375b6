import { join } from "node:path";
import { walkChain } from "@loa/controller/audit/chain.ts";
import { asRunOfBox } from "@loa/controller/store/as-run.ts";
import { writeAudit } from "@loa/controller/store/audit.ts";
import { faultsOfBox } from "@loa/controller/store/fault-log.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { firstTables } from "@loa/controller/store/migrations/first-tables.ts";
import { retention } from "@loa/controller/store/migrations/retention.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { programmesByIds } from "@loa/controller/store/programmes.ts";
import { renditionsOfClips } from "@loa/controller/store/renditions.ts";
import type { Tables } from "@loa/controller/store/schema.ts";
import type { BoxId, ProgrammeId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, onTestFinished, test } from "vitest";
import { testFolder } from "../support/temp-folder.ts";

/** The tables of the first release, with rows of that time, brought up to date. */
async function upgraded(fill: (old: Kysely<never>) => Promise<void>): Promise<Kysely<Tables>> {
  const path = join(await testFolder(), "loa.db");
  const old = new Kysely<never>({ dialect: openSqlite(path) });
  const migrations = { "0001-first-tables": firstTables, "0002-retention": retention };
  const migrator = new Migrator({ db: old, provider: { getMigrations: async () => migrations } });
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  await fill(old);
  await old.destroy();
  const db = await openDatabase(openSqlite(path));
  onTestFinished(() => db.destroy());
  return db;
}

test("acts of before there was a chain are taken into it, and the next one follows from them", async () => {
  const db = await upgraded(async (old) => {
    for (const act of ["area.created", "user.created"])
      await sql`insert into audit (at, act, subject, detail) values (1, ${act}, 'x:y', '{ "a": 1 }')`.execute(
        old,
      );
  });
  await db.transaction().execute((tx) =>
    writeAudit(tx, {
      at: asInstant(2),
      userId: null,
      act: "area.created",
      subject: "s",
      areaId: null,
      detail: {},
    }),
  );
  expect(await walkChain(db, async () => {})).toMatchObject({ rows: 3, firstBad: null });
});

test("programmes, receipts and what boxes played are kept when they learn of relays and emergencies", async () => {
  const db = await upgraded(async (old) => {
    await sql`insert into "user" (id, name, password_hash, created_at) values ('u', 'u', '', 0)`.execute(old);
    await sql`insert into area (id, kind, name) values ('tinh', 'province', 'Tỉnh')`.execute(old);
    await sql`insert into programme (id, title, bulletins, area_id, created_by, created_at)
      values ('p', 'Tin', '["b1","b2","b1"]', 'tinh', 'u', 0)`.execute(old);
    await sql`insert into receipt (occurrence_id, box_id, schedule_id, due_at, verdict, at)
      values ('s@2026-11-23T05:00:00', 'box', 's', 1, 'unknown', 2)`.execute(old);
    await sql`insert into as_run (box_id, occurrence_id, started_at, ended_at, offset_ms)
      values ('box', 's@2026-11-23T05:00:00', 1, 2, 0)`.execute(old);
  });
  const [programme] = await programmesByIds(db, ["p" as ProgrammeId]);
  expect(programme?.items).toEqual(["b1", "b2", "b1"].map((bulletin) => ({ bulletin, end: "soft" })));
  expect(await db.selectFrom("receipt").select("source_id").execute()).toEqual([{ source_id: "s" }]);
  expect(await asRunOfBox(db, "box" as BoxId, 10)).toMatchObject([
    { clock: "untrusted", clockErrorMs: null, inStep: false, isFiller: false, receivedBytes: 0 },
  ]);
});

test("faults of before they told a value keep their age and get the severity of their kind", async () => {
  const db = await upgraded(async (old) => {
    await sql`insert into fault_log (box_id, kind, since, cleared_at)
      values ('box', 'line-open', 5, null), ('box', 'cabinet-open', 3, 4)`.execute(old);
  });
  const unmeasured = { point: null, value: null, threshold: null };
  expect(await faultsOfBox(db, "box" as BoxId, 10)).toEqual([
    { kind: "line-open", severity: "critical", since: 5, clearedAt: null, ...unmeasured },
    { kind: "cabinet-open", severity: "warning", since: 3, clearedAt: 4, ...unmeasured },
  ]);
});

test("clips of before there were renditions are their own base rendition, untrimmed", async () => {
  const clip = "c".repeat(64) as Sha256;
  const db = await upgraded(async (old) => {
    await sql`insert into clip (sha256, size_bytes, duration_ms, gain_db, loudness_lufs, true_peak_db, waveform, source_sha256)
      values (${clip}, 480000, 60000, 3, -20, -3, '[]', ${"d".repeat(64)})`.execute(old);
  });
  expect((await renditionsOfClips(db, [clip])).get(clip)).toEqual([
    { kind: "mp3-64", sha256: clip, sizeBytes: 480_000 },
  ]);
  const now = await db.selectFrom("clip").select(["trimmed_start_ms", "trimmed_end_ms"]).execute();
  expect(now).toEqual([{ trimmed_start_ms: 0, trimmed_end_ms: 0 }]);
});
