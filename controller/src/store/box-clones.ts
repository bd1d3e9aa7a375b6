import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { CloneSign } from "../domain/cloning.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/** A box that seems to be two, and what told so first. */
export interface BoxClone {
  readonly box: BoxId;
  readonly at: Instant;
  readonly sign: CloneSign;
}

export const cloneSign = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("two-machines"), machines: z.tuple([z.string(), z.string()]).readonly() }),
  z.object({ kind: z.literal("two-counts"), sessions: z.tuple([z.number(), z.number()]).readonly() }),
  z.object({ kind: z.literal("two-renewals") }),
]) satisfies z.ZodType<CloneSign>;

const cloneRow = z
  .object({ box_id: boxId, at: instant, sign: jsonColumn(cloneSign) })
  .transform((row): BoxClone => ({ box: row.box_id, at: row.at, sign: row.sign }));

/** False when it was known before. */
export async function insertClone(db: Database, { box, at, sign }: BoxClone): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("box_clone")
    .values({ box_id: box, at, sign: JSON.stringify(sign) })
    .onConflict((conflict) => conflict.column("box_id").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** False when it was not there. */
export async function removeClone(db: Database, box: BoxId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("box_clone").where("box_id", "=", box).executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function allClones(db: Database): Promise<readonly BoxClone[]> {
  const rows = await db.selectFrom("box_clone").selectAll().orderBy("box_id").execute();
  return rows.map((row) => cloneRow.parse(row));
}
