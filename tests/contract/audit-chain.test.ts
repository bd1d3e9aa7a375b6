import { execFile } from "node:child_process";
import { appendFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { auditHeadFile } from "@loa/controller/adapters/audit-head-file.ts";
import { openKeyFile } from "@loa/controller/adapters/key-file.ts";
import { openHead, signHead, walkChain } from "@loa/controller/audit/chain.ts";
import { keepAuditHeads } from "@loa/controller/audit/heads.ts";
import { lastLink, writeAudit } from "@loa/controller/store/audit.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { createWork } from "@loa/controller/work.ts";
import { asInstant, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { createApiWorld } from "../support/api-world.ts";
import { createLogBook } from "../support/log-book.ts";
import { testFolder } from "../support/temp-folder.ts";
import { createTestTime } from "../support/test-time.ts";

const now = asInstant(1_795_402_800_000);
const noBreath = async () => {};

async function createRecord(acts: number) {
  const data = await testFolder();
  const keys = await openKeyFile(join(data, "keys", "controller.key"));
  const db = await openDatabase(openSqlite(join(data, "loa.sqlite")));
  onTestFinished(() => db.destroy());
  const write = (count: number) =>
    db.transaction().execute(async (tx) => {
      for (let act = 0; act < count; act += 1)
        await writeAudit(tx, {
          at: now,
          userId: null,
          act: "stop.ordered",
          subject: `area:${act}`,
          areaId: null,
          detail: { reason: "thử «dấu»" },
        });
    });
  await write(acts);
  return { data, db, keys, write };
}

/** What the command says about the files of a controller, and how it ends. */
function verified(
  data: string,
  ...more: string[]
): Promise<{ readonly code: number; readonly said: string }> {
  const args = ["controller/src/audit/main.ts", "--data", data, ...more];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, said: stdout + stderr });
    });
  });
}

describe("the chain of the audit", () => {
  it("holds over all that was written", async () => {
    const { db } = await createRecord(2_500);
    const walk = await walkChain(db, noBreath);
    expect(walk).toMatchObject({ rows: 2_500, firstBad: null, last: await lastLink(db) });
  });

  it.each([
    ["at", "at + 1"],
    ["user_id", "'root'"],
    ["act", "'area.created'"],
    ["subject", "subject || 'x'"],
    ["area_id", "'tinh'"],
    ["detail", "'{}'"],
    ["hash", "'0'"],
  ])("names the row whose %s was changed afterwards", async (column, value) => {
    const { db } = await createRecord(9);
    await sql`pragma foreign_keys = off`.execute(db);
    await sql.raw(`update audit set ${column} = ${value} where id = 5`).execute(db);
    expect(await walkChain(db, noBreath)).toMatchObject({ rows: 4, firstBad: 5 });
  });

  it("names the row that was taken out, and the first of two that changed places", async () => {
    const { db } = await createRecord(9);
    await sql`delete from audit where id = 4`.execute(db);
    expect(await walkChain(db, noBreath)).toMatchObject({ firstBad: 4 });
    const other = await createRecord(9);
    for (const [from, to] of [
      [6, 100],
      [7, 6],
      [100, 7],
    ])
      await sql`update audit set id = ${to} where id = ${from}`.execute(other.db);
    expect(await walkChain(other.db, noBreath)).toMatchObject({ firstBad: 6 });
  });
});

describe("signed heads", () => {
  it("are kept whenever something was done, and the newest names the last row", async () => {
    const { data, db, keys, write } = await createRecord(3);
    const time = createTestTime();
    const file = join(data, "heads.txt");
    const work = createWork(time.timers, createLogBook());
    const end = keepAuditHeads({
      clock: time.clock,
      timers: time.timers,
      crypto: nodeCrypto,
      config: keys,
      keeper: auditHeadFile(file),
      db,
      work,
    });
    onTestFinished(end);
    const kept = async () => (await readFile(file, "utf8")).trim().split("\n");
    await time.advance(6 * MINUTE_MS);
    await work.settled();
    expect(await kept()).toHaveLength(1);
    await time.advance(30 * MINUTE_MS);
    await work.settled();
    expect(await kept()).toHaveLength(1);
    await write(2);
    await time.advance(6 * MINUTE_MS);
    await work.settled();
    const opened = openHead((await kept()).at(-1) ?? "", keys.publicKey, nodeCrypto);
    expect(opened).toMatchObject({ ok: true, value: await lastLink(db) });
  });

  it("of another key, bent or of another kind are not believed", () => {
    const [ours, theirs] = [newKeyPair(), newKeyPair()];
    const head = signHead({ v: 1, id: 1, hash: "a".repeat(64), at: now }, ours.privateKey, nodeCrypto);
    expect(openHead(head, theirs.publicKey, nodeCrypto)).toEqual({ ok: false, error: "bad-signature" });
    const bent = `${head.slice(0, 40)}${head[40] === "A" ? "B" : "A"}${head.slice(41)}`;
    expect(openHead(bent, ours.publicKey, nodeCrypto)).toEqual({ ok: false, error: "bad-signature" });
    const part = (value: unknown) => nodeCrypto.toBase64Url(JSON.stringify(value));
    const plan = `${part({ alg: "EdDSA", typ: "loa+jws" })}.${part({ v: 1, id: 1, hash: "a".repeat(64), at: now })}`;
    const signed = `${plan}.${nodeCrypto.sign(ours.privateKey, plan)}`;
    expect(openHead(signed, ours.publicKey, nodeCrypto)).toEqual({ ok: false, error: "malformed" });
    expect(openHead("x", ours.publicKey, nodeCrypto)).toEqual({ ok: false, error: "malformed" });
  });
});

describe("npm run verify-audit", () => {
  it("says that all is well, beside the controller that has the database open", async () => {
    const { data, db } = await createRecord(12);
    const last = await lastLink(db);
    expect(await verified(data)).toEqual({ code: 0, said: `12 rows hold, the last hash is ${last?.hash}\n` });
  });

  it("names the first bad row", async () => {
    const { data, db } = await createRecord(12);
    await sql`update audit set subject = 'area:other' where id = 7`.execute(db);
    const { code, said } = await verified(data);
    expect([code, said]).toEqual([1, "row 7 is bad: it does not follow from the 6 rows before it\n"]);
  });

  it("finds by a head that was kept that the end was cut off, or written anew", async () => {
    const { data, db, keys } = await createRecord(12);
    const last = await lastLink(db);
    if (last === null) throw new Error("nothing was written");
    const heads = join(data, "audit-heads.txt");
    await appendFile(heads, `${signHead({ v: 1, ...last, at: now }, keys.privateKey, nodeCrypto)}\n`);
    expect((await verified(data)).code).toBe(0);
    await sql`delete from audit where id > 10`.execute(db);
    expect(await verified(data, "--heads", heads)).toMatchObject({
      code: 1,
      said: expect.stringContaining("head in line 1: row-gone (row 12)"),
    });
    for (const subject of ["a", "b"])
      await db
        .transaction()
        .execute((tx) =>
          writeAudit(tx, { at: now, userId: null, act: "area.created", subject, areaId: null, detail: {} }),
        );
    expect((await verified(data)).said).toContain("head in line 1: row-changed (row 12)");
  });

  it("refuses flags and files that are none", async () => {
    const { data } = await createRecord(1);
    expect((await verified(data, "--heads", join(data, "none.txt"))).code).toBe(2);
    expect((await verified(data, "--wrong")).code).toBe(2);
    const empty = await testFolder();
    expect(await verified(empty)).toMatchObject({ code: 2, said: expect.stringContaining("not there") });
    expect(await readdir(empty)).toEqual([]);
  });
});

describe("GET /api/v1/audit/chain", () => {
  it("tells an auditor of the province how far it holds, with a signed head, and nobody else", async () => {
    const world = await createApiWorld();
    const auditor = await world.person("thanh", "tinh", "auditor");
    const answer = await (await auditor.get("/api/v1/audit/chain")).json();
    const { count } = await sql<{ count: number }>`select count(*) as count from audit`
      .execute(world.db)
      .then(({ rows: [row] }) => row ?? { count: 0 });
    expect(answer).toMatchObject({ rows: count, firstBad: null });
    expect(answer.head.split(".")).toHaveLength(3);
    await sql`update audit set act = 'x' where id = 1`.execute(world.db);
    expect(await (await auditor.get("/api/v1/audit/chain")).json()).toMatchObject({ firstBad: 1 });
    const ofCommune = await world.person("lan", "an", "auditor");
    expect((await ofCommune.get("/api/v1/audit/chain")).status).toBe(403);
    const viewer = await world.person("hoa", "tinh", "viewer");
    expect((await viewer.get("/api/v1/audit/chain")).status).toBe(403);
  });
});

describe("GET /api/v1/audit", () => {
  it("is read in parts to the beginning of its period", async () => {
    const world = await createApiWorld();
    const auditor = await world.person("thanh", "tinh", "auditor");
    const at = world.time.clock.now();
    await world.db.transaction().execute(async (tx) => {
      for (let act = 0; act < 1_100; act += 1)
        await writeAudit(tx, {
          ...{ at, userId: null, act: "stop.ordered", subject: `area:${act}`, areaId: null, detail: {} },
        });
    });
    const ids = async (query: string) => {
      const { rows, more } = await (await auditor.get(`/api/v1/audit${query}`)).json();
      return { ids: rows.map(({ id }: { readonly id: number }) => id), more };
    };
    const newest = await ids("");
    expect([newest.ids.length, newest.more]).toEqual([1_000, true]);
    const older = await ids(`?before=${newest.ids.at(-1)}`);
    expect(older.more).toBe(false);
    const all = [...newest.ids, ...older.ids];
    expect(all).toEqual(Array.from({ length: all.length }, (_, index) => all.length - index));
    expect(all.length).toBeGreaterThan(1_100);
  });
});
