import type { UserId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { type SignedRoster, signedRoster } from "@loa/shared/trust/roster.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

const rosterRow = z.object({ signed: jsonColumn(signedRoster) });

/** Every version that was ever in force, oldest first. */
export async function allRosters(db: Database): Promise<readonly SignedRoster[]> {
  const rows = await db.selectFrom("roster").select("signed").orderBy("version").execute();
  return rows.map((row) => rosterRow.parse(row).signed);
}

export async function insertRoster(
  db: Database,
  version: number,
  signed: SignedRoster,
  { at, by }: { readonly at: Instant; readonly by: UserId | null },
): Promise<void> {
  await db
    .insertInto("roster")
    .values({ version, signed: JSON.stringify(signed), at, by_user: by })
    .execute();
}
