import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";

/** Notes that these bytes are kept; the time counts from the last person who brought them. */
export async function keepOriginal(
  db: Database,
  one: { readonly sha256: Sha256; readonly sizeBytes: number; readonly at: Instant },
): Promise<void> {
  await db
    .insertInto("original")
    .values({ sha256: one.sha256, size_bytes: one.sizeBytes, kept_at: one.at })
    .onConflict((conflict) => conflict.column("sha256").doUpdateSet({ kept_at: one.at }))
    .execute();
}

/** Which of these are still here. */
export async function keptOriginals(db: Database, ids: readonly Sha256[]): Promise<ReadonlySet<Sha256>> {
  const kept = new Set<Sha256>();
  for (const some of inParts([...new Set(ids)])) {
    const rows = await db.selectFrom("original").where("sha256", "in", some).select("sha256").execute();
    for (const row of rows) kept.add(sha256.parse(row.sha256));
  }
  return kept;
}

export async function originalBytes(db: Database): Promise<number> {
  const sum = await db
    .selectFrom("original")
    .select((eb) => eb.fn.sum<number | null>("size_bytes").as("bytes"))
    .executeTakeFirst();
  return Number(sum?.bytes ?? 0);
}

export interface KeptOriginal {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  readonly keptAt: number;
}

const keptRow = z
  .object({ sha256, size_bytes: z.number(), kept_at: z.number() })
  .transform((row): KeptOriginal => ({ sha256: row.sha256, sizeBytes: row.size_bytes, keptAt: row.kept_at }));

export async function oldestOriginals(db: Database, limit: number): Promise<readonly KeptOriginal[]> {
  const rows = await db.selectFrom("original").selectAll().orderBy("kept_at").limit(limit).execute();
  return rows.map((row) => keptRow.parse(row));
}

/** Whether nothing else has these bytes: people do bring files that they took from here. */
export async function forgetOriginal(db: Database, id: Sha256): Promise<{ readonly isBlobFree: boolean }> {
  await db.deleteFrom("original").where("sha256", "=", id).execute();
  const rendition = await db
    .selectFrom("rendition")
    .where("sha256", "=", id)
    .select("sha256")
    .executeTakeFirst();
  return { isBlobFree: rendition === undefined };
}
