import { type UserId, userId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Database } from "./database.ts";

/** A person at an OpenID provider, and who that is here. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly userId: UserId;
  readonly linkedAt: Instant;
  /** Null: at the machine itself. */
  readonly linkedBy: UserId | null;
}

/** Null for whoever is not known here; also answers for persons who were disabled. */
export async function userOfIdentity(db: Database, issuer: string, subject: string): Promise<UserId | null> {
  const row = await db
    .selectFrom("identity")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .select("user_id")
    .executeTakeFirst();
  return row === undefined ? null : userId.parse(row.user_id);
}

/** In place of what the person had before. */
export async function linkIdentity(db: Database, identity: Identity): Promise<void> {
  await unlinkIdentity(db, identity.userId);
  await db
    .insertInto("identity")
    .values({
      issuer: identity.issuer,
      subject: identity.subject,
      user_id: identity.userId,
      linked_at: identity.linkedAt,
      linked_by: identity.linkedBy,
    })
    .execute();
}

export async function unlinkIdentity(db: Database, user: UserId): Promise<void> {
  await db.deleteFrom("identity").where("user_id", "=", user).execute();
}
