import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { MAX_KEPT_SQL, MAX_PREPARED, preparedOnce } from "@loa/controller/store/prepared-once.ts";
import { Kysely, sql } from "kysely";
import { expect, test } from "vitest";

test("a-statement-is-prepared-once-and-a-long-one-each-time", () => {
  const prepared: string[] = [];
  const prepare = preparedOnce((text) => prepared.push(text));
  const long = `select ${"?,".repeat(MAX_KEPT_SQL / 2)}1`;
  for (const text of ["a", "b", "a", long, long, "b"]) prepare(text);
  expect(prepared).toEqual(["a", "b", long, long]);
});

test("however-many-statements-there-are-few-are-kept", () => {
  let prepared = 0;
  const prepare = preparedOnce(() => {
    prepared += 1;
    return prepared;
  });
  for (let number = 0; number <= MAX_PREPARED; number += 1) prepare(`select ${number}`);
  const before = prepared;
  prepare(`select ${MAX_PREPARED}`);
  expect(prepared).toBe(before);
  prepare("select 0");
  expect(prepared).toBe(before + 1);
});

test("a-kept-statement-reads-what-the-table-has-become", async () => {
  const db = new Kysely<Record<string, never>>({ dialect: openSqlite(":memory:") });
  const rows = async () => (await sql`select * from box`.execute(db)).rows;
  await sql`create table box (id text)`.execute(db);
  await sql`insert into box values ('one')`.execute(db);
  expect(await rows()).toEqual([{ id: "one" }]);
  await sql`alter table box add column name text default 'Loa'`.execute(db);
  expect(await rows()).toEqual([{ id: "one", name: "Loa" }]);
  await db.destroy();
});

test("a-kept-statement-that-failed-serves-again", async () => {
  const db = new Kysely<Record<string, never>>({ dialect: openSqlite(":memory:") });
  await sql`create table box (id text primary key)`.execute(db);
  const insert = (id: string) => sql`insert into box values (${id})`.execute(db);
  await insert("one");
  await expect(insert("one")).rejects.toThrow(/UNIQUE/);
  await insert("two");
  expect((await sql`select id from box order by id`.execute(db)).rows).toEqual([
    { id: "one" },
    { id: "two" },
  ]);
  await db.destroy();
});
