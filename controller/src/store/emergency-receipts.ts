import { type Cause, cause, type Verdict, verdict } from "@loa/shared/broadcast/receipt.ts";
import { type BoxId, boxId, type EmergencyId, type OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

const wordRow = z.object({ box_id: boxId, verdict, cause: cause.nullable() });

/** What each box said became of one occurrence; what the controller said in their place is left out. */
export async function wordsOn(
  db: Database,
  occurrence: OccurrenceId,
): Promise<
  ReadonlyMap<BoxId, { readonly verdict: Exclude<Verdict, "unknown">; readonly cause: Cause | null }>
> {
  const rows = await db
    .selectFrom("receipt")
    .where("occurrence_id", "=", occurrence)
    .select(["box_id", "verdict", "cause"])
    .execute();
  return new Map(
    rows.flatMap((raw) => {
      const { box_id, verdict: said, cause: why } = wordRow.parse(raw);
      return said === "unknown" ? [] : [[box_id, { verdict: said, cause: why }] as const];
    }),
  );
}

/** The boxes that said to the end what stands under this name; each of them had its own instant for it. */
export async function saidBy(db: Database, source: EmergencyId): Promise<ReadonlySet<BoxId>> {
  const rows = await db
    .selectFrom("receipt")
    .where("source_id", "=", source)
    .where("verdict", "in", ["heard", "played"] satisfies Verdict[])
    .select("box_id")
    .execute();
  return new Set(rows.map((row) => boxId.parse(row.box_id)));
}
