import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { z } from "zod";
import { type AuditLink, BEFORE_THE_FIRST, linkHash } from "../audit-link.ts";

/** Rows that were written before there was a chain are taken into it as they stand. */
export const auditChain: Migration = {
  async up(db) {
    await db.schema.alterTable("audit").addColumn("hash", "text").execute();
    await linkOldRows(db);
  },
};

const ROWS_A_READ = 1_000;

const oldRow: z.ZodType<AuditLink & { readonly id: number }> = z.object({
  id: z.number(),
  at: z.number(),
  user_id: z.string().nullable(),
  act: z.string(),
  subject: z.string(),
  area_id: z.string().nullable(),
  detail: z.string(),
});

async function linkOldRows(db: Kysely<unknown>): Promise<void> {
  let previous = BEFORE_THE_FIRST;
  let after = 0;
  for (;;) {
    const found = await sql`
      select id, at, user_id, act, subject, area_id, detail from audit
      where id > ${after} order by id limit ${ROWS_A_READ}`.execute(db);
    for (const row of found.rows.map((one) => oldRow.parse(one))) {
      previous = linkHash(previous, row);
      after = row.id;
      await sql`update audit set hash = ${previous} where id = ${row.id}`.execute(db);
    }
    if (found.rows.length < ROWS_A_READ) return;
  }
}
