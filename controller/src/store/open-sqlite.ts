import BetterSqlite3 from "better-sqlite3";
import { type Dialect, SqliteDialect } from "kysely";
import { preparedOnce } from "./prepared-once.ts";
import { rollbackOnce } from "./rollback-once.ts";

/** Another process (a backup, a curious person with the sqlite3 shell) may hold the file this long. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * The file is made when it is not there. WAL with `synchronous=FULL`: what is committed outlives a power cut; with
 * NORMAL every committed row was lost in simulated cuts (toolchain.md, trap 10).
 */
export function openSqlite(path: string): Dialect {
  return new SqliteDialect({
    database: async () => {
      const file = new BetterSqlite3(path);
      file.pragma("journal_mode = WAL");
      file.pragma("synchronous = FULL");
      file.pragma("foreign_keys = ON");
      file.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      const prepare = rollbackOnce(
        preparedOnce((sql) => file.prepare(sql)),
        () => file.inTransaction,
      );
      return { prepare, close: () => void file.close() };
    },
  });
}

/**
 * Holds a file for this process alone, until it lets go or ends, however it ends: the lock is the system's. Null where
 * another one holds it.
 */
export function holdFile(path: string): { release(): void } | null {
  const file = new BetterSqlite3(path, { timeout: 0 });
  try {
    file.exec("BEGIN EXCLUSIVE");
    return { release: () => void file.close() };
  } catch (error) {
    file.close();
    if (error instanceof BetterSqlite3.SqliteError && error.code === "SQLITE_BUSY") return null;
    throw error;
  }
}
