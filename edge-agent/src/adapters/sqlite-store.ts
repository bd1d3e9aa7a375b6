import { fail, ok } from "@loa/shared/kernel/result.ts";
import Database from "better-sqlite3";
import { z } from "zod";
import type { Store, StoreChange, StoredRecord, StoreFailure } from "../ports.ts";

const row = z.object({
  tbl: z.enum(["meta", "plan", "occurrence", "sequence", "event", "command", "stop"]),
  key: z.string(),
  value: z.string(),
});

/**
 * What survives a power cut: one table in one SQLite file, WAL with `synchronous=FULL`. In simulated cuts NORMAL lost
 * every committed row (toolchain.md, trap 10).
 */
export function openSqliteStore(path: string): Store & { close(): void } {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(
    "CREATE TABLE IF NOT EXISTS record (tbl TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID",
  );
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
    readAll: () =>
      readAll.all().map((one): StoredRecord => {
        const { tbl, key, value } = row.parse(one);
        return { table: tbl, key, value };
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

/** SQLite's result codes (sqlite.org/rescode.html). */
function failureOf(error: unknown): StoreFailure {
  if (!(error instanceof Database.SqliteError)) throw error;
  if (error.code === "SQLITE_FULL") return "disk-full";
  if (error.code.startsWith("SQLITE_READONLY")) return "read-only";
  return "io";
}
