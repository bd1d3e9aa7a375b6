import { areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, type LocalDate, localDate } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { type DatedGrant, roles } from "../domain/access.ts";
import type { Database } from "./database.ts";
import { flag } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface User {
  readonly id: UserId;
  /** What the person types; unique, lower case. */
  readonly name: string;
  /** PHC string. */
  readonly passwordHash: string;
  readonly createdAt: Instant;
}

const grantRow = z
  .object({ role: z.enum(roles), area_id: areaId, from_date: localDate, to_date: localDate.nullable() })
  .transform(
    (row): DatedGrant => ({ role: row.role, areaId: row.area_id, from: row.from_date, to: row.to_date }),
  );

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

/** Somebody who may sign in. */
export interface KnownUser extends Pick<User, "id" | "name"> {
  /** The account for the day when nobody else can sign in; each use of it is an alarm. */
  readonly isBreakGlass: boolean;
}

const knownUser = z
  .object({ id: userId, name: z.string(), break_glass: flag })
  .transform(({ id, name, break_glass: isBreakGlass }): KnownUser => ({ id, name, isBreakGlass }));

/** Null for names that nobody has, and for persons who were disabled. */
export async function userByName(
  db: Database,
  name: string,
): Promise<(KnownUser & Pick<User, "passwordHash">) | null> {
  const row = await db
    .selectFrom("user")
    .where("name", "=", name)
    .where("disabled_at", "is", null)
    .select(["id", "name", "break_glass", "password_hash"])
    .executeTakeFirst();
  return row === undefined ? null : { ...knownUser.parse(row), passwordHash: row.password_hash };
}

/** Null for whoever is not there, or was disabled. */
export async function userById(db: Database, id: UserId): Promise<KnownUser | null> {
  const row = await db
    .selectFrom("user")
    .where("id", "=", id)
    .where("disabled_at", "is", null)
    .select(["id", "name", "break_glass"])
    .executeTakeFirst();
  return row === undefined ? null : knownUser.parse(row);
}

/** Names of disabled persons stay theirs. */
export async function isNameTaken(db: Database, name: string): Promise<boolean> {
  const row = await db.selectFrom("user").where("name", "=", name).select("id").executeTakeFirst();
  return row !== undefined;
}

export async function hasUsers(db: Database): Promise<boolean> {
  const row = await db.selectFrom("user").select("id").limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function insertGrant(db: Database, user: UserId, grant: DatedGrant): Promise<void> {
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

export async function grantsInForce(
  db: Database,
  user: UserId,
  today: LocalDate,
): Promise<readonly DatedGrant[]> {
  const rows = await db
    .selectFrom("grant")
    .where("user_id", "=", user)
    .where("from_date", "<=", today)
    .where((eb) => eb.or([eb("to_date", "is", null), eb("to_date", ">", today)]))
    .select(["role", "area_id", "from_date", "to_date"])
    .orderBy("id")
    .execute();
  return rows.map((row) => grantRow.parse(row));
}

/** A grant as it is listed and ended. */
export interface StoredGrant extends DatedGrant {
  readonly id: number;
}

export interface UserWithGrants {
  readonly id: UserId;
  readonly name: string;
  readonly grants: readonly StoredGrant[];
}

const listedGrant = z
  .object({
    id: z.number(),
    user_id: userId,
    name: z.string(),
    role: z.enum(roles),
    area_id: areaId,
    from_date: localDate,
    to_date: localDate.nullable(),
  })
  .transform((row) => ({
    user: { id: row.user_id, name: row.name },
    grant: { id: row.id, role: row.role, areaId: row.area_id, from: row.from_date, to: row.to_date },
  }));

/** Everybody with a grant within the areas, and those grants only; grants that ended before today are left out. */
export async function usersIn(
  db: Database,
  within: AreaQuery,
  today: LocalDate,
): Promise<readonly UserWithGrants[]> {
  const rows = await db
    .selectFrom("grant")
    .innerJoin("user", "user.id", "grant.user_id")
    .where("grant.area_id", "in", within)
    .where((eb) => eb.or([eb("grant.to_date", "is", null), eb("grant.to_date", ">", today)]))
    .select([
      "grant.id",
      "grant.user_id",
      "user.name",
      "grant.role",
      "grant.area_id",
      "grant.from_date",
      "grant.to_date",
    ])
    .orderBy("user.name")
    .orderBy("grant.id")
    .execute();
  const byUser = Map.groupBy(
    rows.map((row) => listedGrant.parse(row)),
    (row) => row.user.id,
  );
  return [...byUser.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [{ ...first.user, grants: all.map((one) => one.grant) }];
  });
}

/** A grant within the areas that is still in force. */
export async function grantWithin(
  db: Database,
  id: number,
  within: AreaQuery,
  today: LocalDate,
): Promise<{ readonly userId: UserId; readonly grant: DatedGrant } | null> {
  const row = await db
    .selectFrom("grant")
    .where("id", "=", id)
    .where("area_id", "in", within)
    .where((eb) => eb.or([eb("to_date", "is", null), eb("to_date", ">", today)]))
    .select(["user_id", "role", "area_id", "from_date", "to_date"])
    .executeTakeFirst();
  return row === undefined ? null : { userId: userId.parse(row.user_id), grant: grantRow.parse(row) };
}

/** Whether all that the person has, today and later, lies within the areas: only then is the account theirs to mend. */
export async function isWhollyWithin(
  db: Database,
  user: UserId,
  within: AreaQuery,
  today: LocalDate,
): Promise<boolean> {
  const rows = await db
    .selectFrom("grant")
    .where("user_id", "=", user)
    .where((eb) => eb.or([eb("to_date", "is", null), eb("to_date", ">", today)]))
    .select((eb) => eb("area_id", "in", within).as("is_within"))
    .execute();
  return rows.length > 0 && rows.every((row) => Boolean(row.is_within));
}

/** From today on it counts no more. */
export async function endGrant(db: Database, id: number, today: LocalDate): Promise<void> {
  await db.updateTable("grant").set({ to_date: today }).where("id", "=", id).execute();
}

export async function setPassword(db: Database, user: UserId, passwordHash: string): Promise<void> {
  await db.updateTable("user").set({ password_hash: passwordHash }).where("id", "=", user).execute();
}

export async function setBreakGlass(db: Database, user: UserId, isOn: boolean): Promise<void> {
  await db
    .updateTable("user")
    .set({ break_glass: isOn ? 1 : 0 })
    .where("id", "=", user)
    .execute();
}

/** Null lets the person in again. */
export async function setDisabled(db: Database, user: UserId, at: Instant | null): Promise<void> {
  await db.updateTable("user").set({ disabled_at: at }).where("id", "=", user).execute();
}

/** Somebody, with what they come in by. */
export interface ListedUser extends KnownUser {
  readonly isDisabled: boolean;
  readonly passkeys: number;
  /** Who the person is at an OpenID provider. */
  readonly subject: string | null;
}

/** By name; also those who were disabled. */
export async function allUsers(db: Database): Promise<readonly ListedUser[]> {
  const rows = await db
    .selectFrom("user")
    .leftJoin("identity", "identity.user_id", "user.id")
    .select(["user.id", "user.name", "user.break_glass", "user.disabled_at", "identity.subject"])
    .select((eb) =>
      eb
        .selectFrom("passkey")
        .whereRef("passkey.user_id", "=", "user.id")
        .select(eb.fn.countAll<number>().as("count"))
        .as("passkeys"),
    )
    .orderBy("user.name")
    .execute();
  return rows.map(({ disabled_at, passkeys, subject, ...row }) => ({
    ...knownUser.parse(row),
    isDisabled: disabled_at !== null,
    passkeys: passkeys ?? 0,
    subject,
  }));
}

/** For lists that say who did something. */
export async function userNames(db: Database): Promise<ReadonlyMap<UserId, string>> {
  const rows = await db.selectFrom("user").select(["id", "name"]).execute();
  return new Map(rows.map((row) => [userId.parse(row.id), row.name]));
}
