import { existsSync, renameSync, rmSync } from "node:fs";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import Database from "better-sqlite3";
import { z } from "zod";
import type { Store, StoreChange, StoredRecord, StoreFailure } from "../ports.ts";

const row = z.object({
  tbl: z.enum(["meta", "plan", "occurrence", "sequence", "event", "command", "stop", "emergency"]),
  key: z.string(),
  value: z.string(),
});

/**
 * What survives a power cut: one table in one SQLite file, WAL with `synchronous=FULL`. In simulated cuts NORMAL lost
 * every committed row (toolchain.md, trap 10). A file that is no database any more is put aside once, for whoever
 * looks into it, and the box begins anew: without its memory it still plays the next plan.
 */
export function openSqliteStore(path: string, log: Log): Store & { close(): void } {
  const database = openOrReplace(path, log);
  const readAll = database.prepare("SELECT tbl, key, value FROM record ORDER BY tbl, key");
  const put = database.prepare(
    "INSERT INTO record (tbl, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const remove = database.prepare("DELETE FROM record WHERE tbl = ? AND key = ?");
  const apply = database.transaction((changes: readonly StoreChange[]) => {
    for (const change of changes) {
      if (change.op === "put") put.run(change.table, change.key, change.value);
      else remove.run(change.table, change.key);
    }
  });
  return {
    // A record of a later version, after a rollback of the program, is nobody's: it stays where it is.
    readAll: () =>
      readAll.all().flatMap((one): StoredRecord[] => {
        const parsed = row.safeParse(one);
        if (!parsed.success) return [];
        const { tbl, key, value } = parsed.data;
        return [{ table: tbl, key, value }];
      }),
    commit(changes) {
      try {
        apply.immediate(changes);
        return ok(undefined);
      } catch (error) {
        return fail(failureOf(error));
      }
    },
    close: () => database.close(),
  };
}

function openOrReplace(path: string, log: Log): Database.Database {
  try {
    return open(path);
  } catch (error) {
    if (!isTorn(error)) throw error;
    log.error("store.torn", { path, error: String(error) });
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    if (existsSync(path)) renameSync(path, `${path}.torn`);
    return open(path);
  }
}

function open(path: string): Database.Database {
  const database = new Database(path);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec(
      "CREATE TABLE IF NOT EXISTS record (tbl TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID",
    );
    const [state] = z.array(z.object({ quick_check: z.string() })).parse(database.pragma("quick_check(1)"));
    if (state?.quick_check !== "ok") throw new TornError(state?.quick_check ?? "no answer");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class TornError extends Error {}

/** SQLite's result codes (sqlite.org/rescode.html). */
function isTorn(error: unknown): boolean {
  if (error instanceof TornError) return true;
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

function failureOf(error: unknown): StoreFailure {
  if (!(error instanceof Database.SqliteError)) throw error;
  if (error.code === "SQLITE_FULL") return "disk-full";
  if (error.code.startsWith("SQLITE_READONLY")) return "read-only";
  return "io";
}
