import { type Cause, cause } from "@loa/shared/broadcast/receipt.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { type SelfTest, selfTest } from "@loa/shared/wire/bodies.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { flag } from "./json-column.ts";

/** What the box found on its quiet look at the cabinet, once a day. */
export interface SelfTestRow {
  readonly at: Instant;
  readonly outcome: SelfTest["outcome"];
  readonly cause: Cause | null;
  /** What was looked at; null: this cabinet cannot tell. */
  readonly switches: boolean | null;
  readonly readBack: boolean | null;
  readonly line: boolean | null;
  readonly lineCurrentA: number | null;
  readonly lineImpedanceOhm: number | null;
}

const selfTestRow = z
  .object({
    at: instant,
    outcome: selfTest.shape.outcome,
    cause: cause.nullable(),
    switches: flag.nullable(),
    read_back: flag.nullable(),
    line: flag.nullable(),
    line_current_a: z.number().nullable(),
    line_impedance_ohm: z.number().nullable(),
  })
  .transform(
    (row): SelfTestRow => ({
      at: row.at,
      outcome: row.outcome,
      cause: row.cause,
      switches: row.switches,
      readBack: row.read_back,
      line: row.line,
      lineCurrentA: row.line_current_a,
      lineImpedanceOhm: row.line_impedance_ohm,
    }),
  );

/** Two of the same moment are the same one. */
export async function insertSelfTest(db: Database, box: BoxId, one: SelfTestRow): Promise<void> {
  await db
    .insertInto("self_test")
    .values({
      box_id: box,
      at: one.at,
      outcome: one.outcome,
      cause: one.cause,
      switches: numberOf(one.switches),
      read_back: numberOf(one.readBack),
      line: numberOf(one.line),
      line_current_a: one.lineCurrentA,
      line_impedance_ohm: one.lineImpedanceOhm,
    })
    .onConflict((conflict) => conflict.columns(["box_id", "at"]).doNothing())
    .execute();
}

/** `[from, to)`, newest first. */
export async function selfTestsOf(
  db: Database,
  box: BoxId,
  period: { readonly from: Instant; readonly to: Instant; readonly limit: number },
): Promise<readonly SelfTestRow[]> {
  const rows = await db
    .selectFrom("self_test")
    .where("box_id", "=", box)
    .where("at", ">=", period.from)
    .where("at", "<", period.to)
    .selectAll()
    .orderBy("at", "desc")
    .limit(period.limit)
    .execute();
  return rows.map((row) => selfTestRow.parse(row));
}

function numberOf(told: boolean | null): 0 | 1 | null {
  if (told === null) return null;
  return told ? 1 : 0;
}
