import { type Evidence, evidence } from "@loa/shared/broadcast/receipt.ts";
import { type BoxId, type OccurrenceId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { flag } from "./json-column.ts";

/** One stretch of sound that left a box. */
export interface AsRunRow {
  readonly occurrenceId: OccurrenceId;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly offsetMs: number;
  readonly rmsDb: number | null;
  /** It stood in for a part of the programme that failed. */
  readonly isFiller: boolean;
  readonly clock: Evidence["clock"];
  readonly clockErrorMs: number | null;
  /** It began where the clock wanted it, by a clock good enough to sound together with others. */
  readonly inStep: boolean;
  /** What a relay has cost in this stretch. */
  readonly receivedBytes: number;
}

const asRunRow = z
  .object({
    occurrence_id: occurrenceId,
    started_at: instant,
    ended_at: instant,
    offset_ms: z.number(),
    rms_db: z.number().nullable(),
    filler: flag,
    clock: evidence.shape.clock,
    clock_error_ms: z.number().nullable(),
    in_step: flag,
    received_bytes: z.number(),
  })
  .transform(
    (row): AsRunRow => ({
      occurrenceId: row.occurrence_id,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      offsetMs: row.offset_ms,
      rmsDb: row.rms_db,
      isFiller: row.filler,
      clock: row.clock,
      clockErrorMs: row.clock_error_ms,
      inStep: row.in_step,
      receivedBytes: row.received_bytes,
    }),
  );

export async function insertAsRun(db: Database, box: BoxId, one: AsRunRow): Promise<void> {
  await db
    .insertInto("as_run")
    .values({
      box_id: box,
      occurrence_id: one.occurrenceId,
      started_at: one.startedAt,
      ended_at: one.endedAt,
      offset_ms: one.offsetMs,
      rms_db: one.rmsDb,
      filler: one.isFiller ? 1 : 0,
      clock: one.clock,
      clock_error_ms: one.clockErrorMs,
      in_step: one.inStep ? 1 : 0,
      received_bytes: one.receivedBytes,
    })
    .execute();
}

/** Newest first. */
export async function asRunOfBox(db: Database, box: BoxId, limit: number): Promise<readonly AsRunRow[]> {
  const rows = await db
    .selectFrom("as_run")
    .where("box_id", "=", box)
    .selectAll()
    .orderBy("started_at", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => asRunRow.parse(row));
}
