import { areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type LocalDate, localDate } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Role } from "../domain/access.ts";
import type { Approver } from "../domain/roster-proposal.ts";
import type { Database } from "./database.ts";
import { type Passkey, passkeysOf } from "./passkeys.ts";

export interface PasskeyWithGrants extends Pick<Approver, "person" | "name" | "grants"> {
  readonly passkey: Passkey;
}

const grantRow = z
  .object({
    user_id: userId,
    name: z.string(),
    area_id: areaId,
    from_date: localDate,
    to_date: localDate.nullable(),
  })
  .transform((row) => ({
    user: { id: row.user_id, name: row.name },
    grant: { areaId: row.area_id, from: row.from_date, to: row.to_date },
  }));

/** Every passkey for approving of persons who are in one of the roles today or later, with where. */
export async function allPasskeysWithGrants(
  db: Database,
  roles: readonly Role[],
  today: LocalDate,
): Promise<readonly PasskeyWithGrants[]> {
  const rows = await db
    .selectFrom("grant")
    .innerJoin("user", "user.id", "grant.user_id")
    .where("user.disabled_at", "is", null)
    .where("grant.role", "in", roles)
    .where((eb) => eb.or([eb("grant.to_date", "is", null), eb("grant.to_date", ">", today)]))
    .select(["grant.user_id", "user.name", "grant.area_id", "grant.from_date", "grant.to_date"])
    .orderBy("user.name")
    .orderBy("grant.id")
    .execute();
  const byUser = Map.groupBy(
    rows.map((row) => grantRow.parse(row)),
    (row): UserId => row.user.id,
  );
  const found: PasskeyWithGrants[] = [];
  for (const [person, grants] of byUser) {
    const name = grants[0]?.user.name ?? person;
    for (const passkey of await passkeysOf(db, person)) {
      if (passkey.purpose !== "approve") continue;
      found.push({ person, name, passkey, grants: grants.map((one) => one.grant) });
    }
  }
  return found;
}
