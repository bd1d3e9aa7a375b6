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

export function createVirtualDatabase(): VirtualDatabase {
  const file = new BetterSqlite3(":memory:");
  file.pragma("foreign_keys = ON");
  let run = 0;
  return {
    open() {
      run += 1;
      const ours = run;
      return new SqliteDialect({
        database: async () => ({
          close: () => undefined,
          prepare(sql: string) {
            if (run !== ours) throw new Error("this controller was killed");
            return file.prepare(sql);
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
