/** Statements that are kept; ours are some hundreds, and each takes some 10 kB. */
export const MAX_PREPARED = 500;
/** Longer ones are lists whose length changes, and would hardly come again. */
export const MAX_KEPT_SQL = 2_000;

/** Preparing a statement costs as much as running it, and Kysely prepares each one anew. */
export function preparedOnce<Statement>(prepare: (sql: string) => Statement): (sql: string) => Statement {
  const kept = new Map<string, Statement>();
  return (sql) => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(sql);
    if (sql.length > MAX_KEPT_SQL) return statement;
    if (kept.size >= MAX_PREPARED) kept.clear();
    kept.set(sql, statement);
    return statement;
  };
}
