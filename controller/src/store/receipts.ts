import {
  type Cause,
  cause,
  type Evidence,
  evidence,
  type Verdict,
  verdict,
} from "@loa/shared/broadcast/receipt.ts";
import {
  type AreaId,
  areaId,
  type BoxId,
  boxId,
  type OccurrenceId,
  occurrenceId,
} from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { ReceiptRow } from "../domain/box-row.ts";
import type { SourceId } from "../domain/receipts.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface StoredReceipt {
  readonly occurrenceId: OccurrenceId;
  readonly boxId: BoxId;
  readonly sourceId: SourceId;
  readonly dueAt: Instant;
  readonly verdict: Verdict;
  readonly cause: Cause | null;
  /** Null for verdicts of the controller. */
  readonly evidence: Evidence | null;
  readonly at: Instant;
}

/** What the box says replaces what the controller said in its place; the box's own first word stands. */
export async function putBoxReceipt(db: Database, one: StoredReceipt): Promise<void> {
  const values = toColumns(one);
  await db
    .insertInto("receipt")
    .values(values)
    .onConflict((conflict) =>
      conflict
        .columns(["box_id", "occurrence_id"])
        .doUpdateSet({
          verdict: values.verdict,
          cause: values.cause,
          evidence: values.evidence,
          at: values.at,
        })
        .where("receipt.evidence", "is", null),
    )
    .execute();
}

/** The controller's `unknown`; false when the box has said something, which is better. */
export async function putUnknownReceipt(db: Database, one: StoredReceipt): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("receipt")
    .values(toColumns(one))
    .onConflict((conflict) => conflict.columns(["box_id", "occurrence_id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

const listedRow = z
  .object({
    occurrence_id: occurrenceId,
    title: z.string().nullable(),
    box_id: boxId,
    name: z.string(),
    area_id: areaId,
    due_at: instant,
    verdict,
    cause: cause.nullable(),
    evidence: jsonColumn(evidence).nullable(),
    at: instant,
  })
  .transform(
    (row): ListedReceipt => ({
      areaId: row.area_id,
      row: {
        occurrenceId: row.occurrence_id,
        title: row.title ?? "",
        boxId: row.box_id,
        clusterName: row.name,
        dueAt: row.due_at,
        verdict: row.verdict,
        cause: row.cause,
        evidence: row.evidence,
        at: row.at,
      },
    }),
  );

export interface ListedReceipt {
  readonly areaId: AreaId;
  readonly row: ReceiptRow;
}

export interface ReceiptSearch {
  readonly within: AreaQuery;
  readonly below: AreaQuery | null;
  /** Only of this schedule or emergency; null for all. */
  readonly source: SourceId | null;
  /** By due time, `[from, to)`. */
  readonly from: Instant;
  readonly to: Instant;
}

/** Newest first. */
export async function findReceipts(
  db: Database,
  search: ReceiptSearch,
  limit: number,
): Promise<readonly ReceiptRow[]> {
  const rows = await listed(db)
    .where("receipt.due_at", ">=", search.from)
    .where("receipt.due_at", "<", search.to)
    .where("cluster.area_id", "in", search.within)
    .$if(search.below !== null, (query) =>
      query.where("cluster.area_id", "in", search.below ?? search.within),
    )
    .$if(search.source !== null, (query) => query.where("receipt.source_id", "=", search.source ?? ""))
    .orderBy("receipt.due_at", "desc")
    .orderBy("cluster.name")
    .limit(limit)
    .execute();
  return rows.map((row) => listedRow.parse(row).row);
}

/** How many of each verdict, over everything that the search finds. */
export async function countVerdicts(
  db: Database,
  search: ReceiptSearch,
): Promise<Readonly<Record<Verdict, number>>> {
  const rows = await db
    .selectFrom("receipt")
    .innerJoin("box", "box.id", "receipt.box_id")
    .innerJoin("cluster", "cluster.id", "box.cluster_id")
    .where("receipt.due_at", ">=", search.from)
    .where("receipt.due_at", "<", search.to)
    .where("cluster.area_id", "in", search.within)
    .$if(search.below !== null, (query) =>
      query.where("cluster.area_id", "in", search.below ?? search.within),
    )
    .$if(search.source !== null, (query) => query.where("receipt.source_id", "=", search.source ?? ""))
    .select("receipt.verdict")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .groupBy("receipt.verdict")
    .execute();
  const counts = { heard: 0, played: 0, partial: 0, missed: 0, refused: 0, unknown: 0 };
  for (const row of rows) counts[verdict.parse(row.verdict)] = row.count;
  return counts;
}

export async function receiptsOfBox(db: Database, box: BoxId, limit: number): Promise<readonly ReceiptRow[]> {
  const rows = await listed(db)
    .where("receipt.box_id", "=", box)
    .orderBy("receipt.due_at", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => listedRow.parse(row).row);
}

export async function receiptOf(
  db: Database,
  box: BoxId,
  occurrence: OccurrenceId,
): Promise<ListedReceipt | null> {
  const row = await listed(db)
    .where("receipt.box_id", "=", box)
    .where("receipt.occurrence_id", "=", occurrence)
    .executeTakeFirst();
  return row === undefined ? null : listedRow.parse(row);
}

function listed(db: Database) {
  return db
    .selectFrom("receipt")
    .innerJoin("box", "box.id", "receipt.box_id")
    .innerJoin("cluster", "cluster.id", "box.cluster_id")
    .leftJoin("schedule", "schedule.id", "receipt.source_id")
    .leftJoin("emergency", "emergency.id", "receipt.source_id")
    .select((eb) => eb.fn.coalesce("schedule.title", "emergency.headline").as("title"))
    .select([
      "receipt.occurrence_id",
      "receipt.box_id",
      "cluster.name",
      "cluster.area_id",
      "receipt.due_at",
      "receipt.verdict",
      "receipt.cause",
      "receipt.evidence",
      "receipt.at",
    ]);
}

function toColumns(one: StoredReceipt) {
  return {
    occurrence_id: one.occurrenceId,
    box_id: one.boxId,
    source_id: one.sourceId,
    due_at: one.dueAt,
    verdict: one.verdict,
    cause: one.cause,
    evidence: one.evidence === null ? null : JSON.stringify(one.evidence),
    at: one.at,
  };
}
