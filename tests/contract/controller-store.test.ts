import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openBlobs } from "@loa/controller/store/blobs.ts";
import { claimByCode, insertClaim, useClaim } from "@loa/controller/store/claims.ts";
import { insertEvent } from "@loa/controller/store/events.ts";
import { faultsOfBox, putFaults } from "@loa/controller/store/fault-log.ts";
import { migrate, openDatabase } from "@loa/controller/store/migrate.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import {
  answersTo,
  dueOutbox,
  insertOutbox,
  type OutboxRow,
  settleOutbox,
} from "@loa/controller/store/outbox.ts";
import type { StoredReceipt } from "@loa/controller/store/receipts.ts";
import { findReceipts, putBoxReceipt, putUnknownReceipt } from "@loa/controller/store/receipts.ts";
import { areasBelow } from "@loa/controller/store/visible-areas.ts";
import type { AreaId, BoxId, CommandId, OccurrenceId, ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant, type LocalDate } from "@loa/shared/kernel/time.ts";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { createApiWorld } from "../support/api-world.ts";
import { testFolder } from "../support/temp-folder.ts";

const box = "box-an" as BoxId;
const at = asInstant;

describe("the database", () => {
  it("is brought up to date once, and again without harm", async () => {
    const path = join(await testFolder(), "loa.db");
    const first = await openDatabase(openSqlite(path));
    await migrate(first);
    await first.insertInto("setting").values({ key: "k", value: "v" }).execute();
    await first.destroy();
    const second = await openDatabase(openSqlite(path));
    onTestFinished(() => second.destroy());
    expect(await second.selectFrom("setting").selectAll().execute()).toEqual([{ key: "k", value: "v" }]);
  });

  it("keeps what is committed through a power cut: WAL with synchronous FULL, and foreign keys", async () => {
    const db = await openDatabase(openSqlite(join(await testFolder(), "loa.db")));
    onTestFinished(() => db.destroy());
    const pragma = async (name: string) =>
      Object.values((await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows[0] ?? {})[0];
    expect(await pragma("journal_mode")).toBe("wal");
    expect(await pragma("synchronous")).toBe(2);
    expect(await pragma("foreign_keys")).toBe(1);
    const orphan = { cluster_id: "nowhere", id: "b", public_key: "", password_sha256: "", enrolled_at: 0 };
    await expect(
      db
        .insertInto("box")
        .values({ ...orphan, revoked_at: null, simulated: 0 })
        .execute(),
    ).rejects.toThrow(/FOREIGN KEY/);
  });
});

describe("an outbox row", () => {
  const command = "01936d5c-0000-7000-8000-000000000001" as CommandId;
  function rowFor(boxId: BoxId, changed: Partial<OutboxRow> = {}): OutboxRow {
    return {
      commandId: command,
      boxId,
      kind: "stop",
      body: "{}",
      areaId: null,
      createdAt: at(0),
      expiresAt: at(10_000),
      attempts: 0,
      nextAt: at(0),
      state: "pending",
      reason: null,
      doneAt: null,
      ...changed,
    };
  }

  it("waits until its box has answered, and a second answer changes nothing", async () => {
    const { db } = await createApiWorld();
    await insertOutbox(db, [rowFor(box), rowFor("box-binh" as BoxId, { nextAt: at(2_000) })]);
    expect((await dueOutbox(db, at(1_999), 10)).map((row) => row.boxId)).toEqual([box]);
    expect((await dueOutbox(db, at(2_000), 10)).map((row) => row.boxId)).toEqual([box, "box-binh"]);
    const accepted = { state: "accepted", reason: null, at: at(2_500) } as const;
    expect(await settleOutbox(db, { boxId: box, commandId: command }, accepted)).toBe(true);
    const refused = { state: "refused", reason: "expired", at: at(2_600) } as const;
    expect(await settleOutbox(db, { boxId: box, commandId: command }, refused)).toBe(false);
    expect((await answersTo(db, command)).map((row) => row.state)).toEqual(["accepted", "pending"]);
  });

  it("comes by the thousand", async () => {
    const { db } = await createApiWorld();
    const rows = Array.from({ length: 10_000 }, (_, index) => rowFor(`box-${index}` as BoxId));
    await insertOutbox(db, rows);
    expect(await dueOutbox(db, at(0), 20_000)).toHaveLength(10_000);
  });
});

describe("what boxes tell", () => {
  it("an event is taken once", async () => {
    const { db } = await createApiWorld();
    const event = { boxId: box, stream: "s", number: 3, receivedAt: at(1), envelope: "e" };
    expect(await insertEvent(db, event)).toBe(true);
    expect(await insertEvent(db, event)).toBe(false);
  });

  it("a receipt of the box replaces the controller's guess, and no guess replaces a receipt", async () => {
    const { db } = await createApiWorld();
    const guess: StoredReceipt = {
      occurrenceId: "s@2026-11-23T05:00:00" as OccurrenceId,
      boxId: box,
      sourceId: "s" as ScheduleId,
      dueAt: at(1_000),
      verdict: "unknown",
      cause: "offline",
      evidence: null,
      at: at(2_000),
    };
    const evidence = {
      dueMs: 10,
      playedMs: 10,
      startErrorMs: 3,
      mixerDb: -20,
      amplifierOn: true,
      amplifierDb: null,
      amplifierMeterPercent: null,
      gainDb: null,
      lineCurrentA: 1,
      microphoneDb: null,
      microphoneMatch: null,
      unmeasuredMs: 0,
      provenAgeMs: 400,
      clock: "synced",
      clockErrorMs: 1,
    } as const;
    const told: StoredReceipt = { ...guess, verdict: "heard", cause: null, evidence, at: at(3_000) };
    const within = areasBelow(db, "tinh" as AreaId, "2026-11-23" as LocalDate);
    const search = { within, below: null, source: null, from: at(0), to: at(9_000) };
    expect(await putUnknownReceipt(db, guess)).toBe(true);
    await putBoxReceipt(db, told);
    expect(await putUnknownReceipt(db, guess)).toBe(false);
    await putBoxReceipt(db, { ...told, verdict: "missed" });
    const receipts = await findReceipts(db, search, 10);
    expect(receipts).toMatchObject([{ verdict: "heard", cause: null, evidence }]);
  });

  it("a fault ends when it leaves the list, and one raised again is a new one", async () => {
    const { db } = await createApiWorld();
    const unmeasured = { severity: "critical", point: null, value: null, threshold: null } as const;
    const fault = (since: number) => ({ kind: "line-open", since: at(since), ...unmeasured }) as const;
    await putFaults(db, box, [fault(1)], at(1));
    await putFaults(db, box, [fault(1)], at(2));
    await putFaults(db, box, [], at(3));
    await putFaults(db, box, [fault(4)], at(4));
    expect(await faultsOfBox(db, box, 10)).toEqual([
      { ...fault(4), clearedAt: null },
      { ...fault(1), clearedAt: 3 },
    ]);
  });
});

describe("a claim", () => {
  it("is used by the first who asks", async () => {
    const { db, person } = await createApiWorld();
    await person("tech", "an", "technician");
    const claim = {
      codeSha256: "c".repeat(64),
      clusterId: "cluster-an" as never,
      createdBy: "tech" as never,
    };
    await insertClaim(db, { ...claim, createdAt: at(0), expiresAt: at(9), simulated: true });
    expect(await useClaim(db, claim.codeSha256, { box: "b1", at: at(5) })).toBe(true);
    expect(await useClaim(db, claim.codeSha256, { box: "b2", at: at(6) })).toBe(false);
    expect(await claimByCode(db, claim.codeSha256)).toMatchObject({ usedAt: 5, simulated: true });
  });
});

describe("blobs", () => {
  const name = "b".repeat(64) as Sha256;

  it("are there whole once they are put, and read in parts", async () => {
    const folder = await testFolder();
    const source = join(folder, "source");
    await writeFile(source, "0123456789");
    const blobs = await openBlobs(join(folder, "blobs"));
    expect(await blobs.size(name)).toBeNull();
    expect(await blobs.put(name, source)).toMatchObject({ ok: true });
    expect(await readdir(folder)).toEqual(["blobs"]);
    const again = await openBlobs(join(folder, "blobs"));
    expect(await again.size(name)).toBe(10);
    expect(await new Response(again.read(name, 3, 6)).text()).toBe("345");
    expect(await new Response(again.read(name, 3, 3)).text()).toBe("");
    expect(await again.putText(name, "0123456789")).toMatchObject({ ok: true });
  });

  it("that cannot be written say so and leave nothing behind", async () => {
    const folder = await testFolder();
    const blobs = await openBlobs(join(folder, "blobs"));
    expect(await blobs.put(name, join(folder, "nowhere"))).toEqual({ ok: false, error: "io" });
    expect(await blobs.size(name)).toBeNull();
  });
});
