import { type Evidence, evidence } from "@loa/shared/broadcast/receipt.ts";
import { type Capability, capability } from "@loa/shared/device/capability.ts";
import { type FaultKind, faultKind } from "@loa/shared/device/fault.ts";
import { type BoxId, type OccurrenceId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";
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

export interface FaultRow {
  readonly kind: FaultKind;
  readonly since: Instant;
  /** Null while it is raised. */
  readonly clearedAt: Instant | null;
}

const faultRow = z
  .object({ kind: faultKind, since: instant, cleared_at: instant.nullable() })
  .transform((row): FaultRow => ({ kind: row.kind, since: row.since, clearedAt: row.cleared_at }));

/** The whole list of what a box has raised now: new ones are written, those that left it are cleared. */
export async function putFaults(
  db: Database,
  box: BoxId,
  raised: readonly { readonly kind: FaultKind; readonly since: Instant }[],
  at: Instant,
): Promise<void> {
  const open = await db
    .selectFrom("fault_log")
    .where("box_id", "=", box)
    .where("cleared_at", "is", null)
    .select(["kind", "since"])
    .execute();
  const gone = open.filter((old) => !raised.some((one) => one.kind === old.kind && one.since === old.since));
  for (const { kind, since } of gone) {
    await db
      .updateTable("fault_log")
      .set({ cleared_at: at })
      .where("box_id", "=", box)
      .where("kind", "=", kind)
      .where("since", "=", since)
      .execute();
  }
  for (const { kind, since } of raised) {
    await db
      .insertInto("fault_log")
      .values({ box_id: box, kind, since, cleared_at: null })
      .onConflict((conflict) =>
        conflict.columns(["box_id", "kind", "since"]).doUpdateSet({ cleared_at: null }),
      )
      .execute();
  }
}

/** Newest first. */
export async function faultsOfBox(db: Database, box: BoxId, limit: number): Promise<readonly FaultRow[]> {
  const rows = await db
    .selectFrom("fault_log")
    .where("box_id", "=", box)
    .select(["kind", "since", "cleared_at"])
    .orderBy("since", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => faultRow.parse(row));
}

export interface SampleRow {
  readonly boxId: BoxId;
  readonly capability: Capability;
  readonly at: Instant;
  /** Null: asked for and invalid. */
  readonly value: number | null;
}

const SAMPLE_COLUMNS = 4;

/** A sample of the same moment again is the same sample. */
export async function insertSamples(db: Database, samples: readonly SampleRow[]): Promise<void> {
  for (const some of inParts(samples, SAMPLE_COLUMNS)) {
    await db
      .insertInto("sample")
      .values(
        some.map((one) => ({
          box_id: one.boxId,
          capability: one.capability,
          at: one.at,
          value: one.value,
        })),
      )
      .onConflict((conflict) => conflict.columns(["box_id", "capability", "at"]).doNothing())
      .execute();
  }
}

const pointRow = z.object({ capability, at: instant, value: z.number().nullable() });

/** By time, `[from, to)`; the newest `limit` of them. */
export async function samplesOf(
  db: Database,
  box: BoxId,
  of: Capability,
  period: { readonly from: Instant; readonly to: Instant; readonly limit: number },
): Promise<readonly { readonly at: Instant; readonly value: number | null }[]> {
  const rows = await db
    .selectFrom("sample")
    .where("box_id", "=", box)
    .where("capability", "=", of)
    .where("at", ">=", period.from)
    .where("at", "<", period.to)
    .select(["capability", "at", "value"])
    .orderBy("at", "desc")
    .limit(period.limit)
    .execute();
  return rows
    .map((row) => pointRow.parse(row))
    .map(({ at, value }) => ({ at, value }))
    .reverse();
}
