import { type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

export interface Session {
  readonly userId: UserId;
  readonly userName: string;
  readonly lastUsedAt: Instant;
}

const sessionRow = z
  .object({ user_id: userId, name: z.string(), last_used_at: instant })
  .transform((row): Session => ({ userId: row.user_id, userName: row.name, lastUsedAt: row.last_used_at }));

export async function insertSession(
  db: Database,
  one: {
    readonly idSha256: string;
    readonly userId: UserId;
    readonly at: Instant;
    readonly expiresAt: Instant;
  },
): Promise<void> {
  await db
    .insertInto("session")
    .values({
      id_sha256: one.idSha256,
      user_id: one.userId,
      created_at: one.at,
      last_used_at: one.at,
      expires_at: one.expiresAt,
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
  const row = await db
    .selectFrom("session")
    .innerJoin("user", "user.id", "session.user_id")
    .where("session.id_sha256", "=", idSha256)
    .where("session.expires_at", ">", now)
    .where("session.last_used_at", ">", idleSince)
    .where("user.disabled_at", "is", null)
    .select(["session.user_id", "user.name", "session.last_used_at"])
    .executeTakeFirst();
  return row === undefined ? null : sessionRow.parse(row);
}

export async function touchSession(db: Database, idSha256: string, at: Instant): Promise<void> {
  await db.updateTable("session").set({ last_used_at: at }).where("id_sha256", "=", idSha256).execute();
}

export async function deleteSession(db: Database, idSha256: string): Promise<void> {
  await db.deleteFrom("session").where("id_sha256", "=", idSha256).execute();
}

/** All of a person but the one that is in use. */
export async function deleteOtherSessions(db: Database, user: UserId, keepSha256: string): Promise<void> {
  await db.deleteFrom("session").where("user_id", "=", user).where("id_sha256", "!=", keepSha256).execute();
}

export async function deleteSessionsExpiredBy(db: Database, now: Instant): Promise<void> {
  await db.deleteFrom("session").where("expires_at", "<=", now).execute();
}
