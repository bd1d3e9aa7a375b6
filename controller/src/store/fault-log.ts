import { type Capability, capability } from "@loa/shared/device/capability.ts";
import { type FaultKind, faultKind, type Severity, severityOf } from "@loa/shared/device/fault.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

/** A fault as the box raised it. */
export interface RaisedFault {
  readonly kind: FaultKind;
  readonly since: Instant;
  readonly severity: Severity;
  /** The point that raised it, its value then, and the limit that it passed; null where no point did. */
  readonly point: Capability | null;
  readonly value: number | null;
  readonly threshold: number | null;
}

export interface FaultRow extends RaisedFault {
  /** Null while it is raised. */
  readonly clearedAt: Instant | null;
}

const faultRow = z
  .object({
    kind: faultKind,
    since: instant,
    cleared_at: instant.nullable(),
    severity: z.enum(["warning", "critical"]).nullable(),
    point: capability.nullable(),
    value: z.number().nullable(),
    threshold: z.number().nullable(),
  })
  .transform(
    ({ cleared_at, severity, ...row }): FaultRow => ({
      ...row,
      severity: severity ?? severityOf[row.kind],
      clearedAt: cleared_at,
    }),
  );

/** The whole list of what a box has raised now: new ones are written, those that left it are cleared. */
export async function putFaults(
  db: Database,
  box: BoxId,
  raised: readonly RaisedFault[],
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
  for (const { kind, since, severity, point, value, threshold } of raised) {
    const told = { severity, point, value, threshold };
    await db
      .insertInto("fault_log")
      .values({ box_id: box, kind, since, cleared_at: null, ...told })
      .onConflict((conflict) =>
        conflict.columns(["box_id", "kind", "since"]).doUpdateSet({ cleared_at: null, ...told }),
      )
      .execute();
  }
}

/** Newest first. */
export async function faultsOfBox(db: Database, box: BoxId, limit: number): Promise<readonly FaultRow[]> {
  const rows = await db
    .selectFrom("fault_log")
    .where("box_id", "=", box)
    .select(["kind", "since", "cleared_at", "severity", "point", "value", "threshold"])
    .orderBy("since", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => faultRow.parse(row));
}

/**
 * The limit beyond which this point last raised a fault at this box; null where it never did. Only the box knows its
 * profiles and the thresholds of its site, so this is what the control room learns of them.
 */
export async function thresholdOf(db: Database, box: BoxId, point: Capability): Promise<number | null> {
  const row = await db
    .selectFrom("fault_log")
    .where("box_id", "=", box)
    .where("point", "=", point)
    .where("threshold", "is not", null)
    .select("threshold")
    .orderBy("since", "desc")
    .executeTakeFirst();
  return row?.threshold ?? null;
}
