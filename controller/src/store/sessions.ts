import { type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

/** With what a session was begun: a passkey, a password, or at an OpenID provider. */
export const signInMethods = ["password", "passkey", "oidc"] as const;
export type SignInMethod = (typeof signInMethods)[number];

export interface Session {
  readonly idSha256: string;
  readonly userId: UserId;
  readonly userName: string;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant;
  readonly expiresAt: Instant;
  /** When its person last showed a proof. */
  readonly provenAt: Instant;
  readonly method: SignInMethod;
  /** From where it was begun. */
  readonly address: string;
}

const sessionRow = z
  .object({
    id_sha256: z.string(),
    user_id: userId,
    name: z.string(),
    created_at: instant,
    last_used_at: instant,
    expires_at: instant,
    proven_at: instant,
    method: z.enum(signInMethods),
    address: z.string(),
  })
  .transform(
    (row): Session => ({
      idSha256: row.id_sha256,
      userId: row.user_id,
      userName: row.name,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      expiresAt: row.expires_at,
      provenAt: row.proven_at,
      method: row.method,
      address: row.address,
    }),
  );

export async function insertSession(
  db: Database,
  one: Omit<Session, "userName" | "lastUsedAt">,
): Promise<void> {
  await db
    .insertInto("session")
    .values({
      id_sha256: one.idSha256,
      user_id: one.userId,
      created_at: one.createdAt,
      last_used_at: one.createdAt,
      expires_at: one.expiresAt,
      proven_at: one.provenAt,
      method: one.method,
      address: one.address,
    })
    .execute();
}

/** Null when it is over, was idle since before `idleSince`, or its person was disabled. */
export async function sessionById(
  db: Database,
  idSha256: string,
  now: Instant,
  idleSince: Instant,
): Promise<Session | null> {
  const row = await live(db, now, idleSince).where("session.id_sha256", "=", idSha256).executeTakeFirst();
  return row === undefined ? null : sessionRow.parse(row);
}

/** All of a person that are not over, newest first. */
export async function sessionsOf(
  db: Database,
  user: UserId,
  now: Instant,
  idleSince: Instant,
): Promise<readonly Session[]> {
  const rows = await live(db, now, idleSince)
    .where("session.user_id", "=", user)
    .orderBy("session.created_at", "desc")
    .execute();
  return rows.map((row) => sessionRow.parse(row));
}

function live(db: Database, now: Instant, idleSince: Instant) {
  return db
    .selectFrom("session")
    .innerJoin("user", "user.id", "session.user_id")
    .where("session.expires_at", ">", now)
    .where("session.last_used_at", ">", idleSince)
    .where("user.disabled_at", "is", null)
    .selectAll("session")
    .select("user.name");
}

export async function touchSession(db: Database, idSha256: string, at: Instant): Promise<void> {
  await db.updateTable("session").set({ last_used_at: at }).where("id_sha256", "=", idSha256).execute();
}

/** The same session by a new name, with a fresh proof: who knew the old name has nothing. */
export async function renewSession(
  db: Database,
  idSha256: string,
  next: { readonly idSha256: string; readonly provenAt: Instant },
): Promise<void> {
  await db
    .updateTable("session")
    .set({ id_sha256: next.idSha256, proven_at: next.provenAt, last_used_at: next.provenAt })
    .where("id_sha256", "=", idSha256)
    .execute();
}

export async function deleteSession(db: Database, idSha256: string): Promise<void> {
  await db.deleteFrom("session").where("id_sha256", "=", idSha256).execute();
}

export async function deleteSessionsOf(db: Database, user: UserId): Promise<void> {
  await db.deleteFrom("session").where("user_id", "=", user).execute();
}

/** All of a person but the one that is in use. */
export async function deleteOtherSessions(db: Database, user: UserId, keepSha256: string): Promise<void> {
  await db.deleteFrom("session").where("user_id", "=", user).where("id_sha256", "!=", keepSha256).execute();
}

export async function deleteSessionsExpiredBy(db: Database, now: Instant): Promise<void> {
  await db.deleteFrom("session").where("expires_at", "<=", now).execute();
}
