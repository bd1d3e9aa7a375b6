import { rollbackOnce } from "@loa/controller/store/rollback-once.ts";
import BetterSqlite3 from "better-sqlite3";
import { type Dialect, SqliteDialect } from "kysely";

/** One SQLite database in memory that outlives the controllers that use it, as the file does. */
export interface VirtualDatabase {
  /** For one run of the controller. */
  open(): Dialect;
  /** That run is dead: what it had not committed is gone, and it cannot touch the tables any more. */
  kill(): void;
  /** For tests that look into the tables. */
  rows(sql: string): readonly unknown[];
  close(): void;
}

const MAX_PREPARED = 500;

export function createVirtualDatabase(): VirtualDatabase {
  const file = new BetterSqlite3(":memory:");
  file.pragma("foreign_keys = ON");
  let run = 0;
  // Preparing costs as much as running: kysely prepares every statement anew.
  const prepared = new Map<string, BetterSqlite3.Statement>();
  const prepareOnce = (sql: string): BetterSqlite3.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    if (prepared.size >= MAX_PREPARED) prepared.clear();
    const statement = file.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const prepare = rollbackOnce(prepareOnce, () => file.inTransaction);
  return {
    open() {
      run += 1;
      const ours = run;
      return new SqliteDialect({
        database: async () => ({
          close: () => undefined,
          prepare(sql: string) {
            if (run !== ours) throw new Error("this controller was killed");
            return prepare(sql);
          },
        }),
      });
    },
    kill() {
      run += 1;
      if (file.inTransaction) file.exec("ROLLBACK");
    },
    rows: (sql) => file.prepare(sql).all(),
    close: () => file.close(),
  };
}
