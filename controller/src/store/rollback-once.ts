/** A statement that does nothing. */
const NOTHING = "select 1 where 0";

/**
 * On some failures (a full disk, an I/O error) SQLite has ended the transaction before it answers; rolling back then
 * fails, and the caller is told of that in the place of what happened. (sqlite.org/lang_transaction.html, 2.3)
 */
export function rollbackOnce<Statement>(
  prepare: (sql: string) => Statement,
  isInTransaction: () => boolean,
): (sql: string) => Statement {
  return (sql) => prepare(sql === "rollback" && !isInTransaction() ? NOTHING : sql);
}
