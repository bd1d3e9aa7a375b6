import { areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import type { Instant, LocalDate } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { type Grant, roles } from "../domain/access.ts";
import type { Database } from "./database.ts";

export interface User {
  readonly id: UserId;
  /** What the person types; unique, lower case. */
  readonly name: string;
  /** PHC string. */
  readonly passwordHash: string;
  readonly createdAt: Instant;
}

const grantRow = z
  .object({ role: z.enum(roles), area_id: areaId })
  .transform((row): Grant => ({ role: row.role, areaId: row.area_id }));

export async function insertUser(db: Database, user: User): Promise<void> {
  await db
    .insertInto("user")
    .values({
      id: user.id,
      name: user.name,
      password_hash: user.passwordHash,
      created_at: user.createdAt,
      disabled_at: null,
    })
    .execute();
}

/** Null for names that nobody has, and for persons who were disabled. */
export async function userByName(
  db: Database,
  name: string,
): Promise<Pick<User, "id" | "name" | "passwordHash"> | null> {
  const row = await db
    .selectFrom("user")
    .where("name", "=", name)
    .where("disabled_at", "is", null)
    .select(["id", "name", "password_hash"])
    .executeTakeFirst();
  return row === undefined
    ? null
    : { id: userId.parse(row.id), name: row.name, passwordHash: row.password_hash };
}

export async function hasUsers(db: Database): Promise<boolean> {
  const row = await db.selectFrom("user").select("id").limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function insertGrant(
  db: Database,
  user: UserId,
  grant: Grant & { readonly from: LocalDate; readonly to: LocalDate | null },
): Promise<void> {
  await db
    .insertInto("grant")
    .values({
      user_id: user,
      role: grant.role,
      area_id: grant.areaId,
      from_date: grant.from,
      to_date: grant.to,
    })
    .execute();
}

export async function grantsInForce(db: Database, user: UserId, today: LocalDate): Promise<readonly Grant[]> {
  const rows = await db
    .selectFrom("grant")
    .where("user_id", "=", user)
    .where("from_date", "<=", today)
    .where((eb) => eb.or([eb("to_date", "is", null), eb("to_date", ">", today)]))
    .select(["role", "area_id"])
    .orderBy("id")
    .execute();
  return rows.map((row) => grantRow.parse(row));
}

/** For lists that say who did something. */
export async function userNames(db: Database): Promise<ReadonlyMap<UserId, string>> {
  const rows = await db.selectFrom("user").select(["id", "name"]).execute();
  return new Map(rows.map((row) => [userId.parse(row.id), row.name]));
}
