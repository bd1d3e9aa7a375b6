import { type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { senderKeyOf } from "@loa/shared/node/cap/cap-signature.ts";
import type { SenderCertificates } from "@loa/shared/node/cap/read-signed-cap.ts";
import type { SenderKey } from "@loa/shared/trust/standing-approval.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

/** Whose alerts machines and feeds may bring. */
export interface AlertSender {
  /** As it stands in `sender` of its messages. */
  readonly sender: string;
  readonly addedAt: Instant;
  readonly addedBy: UserId;
  /** PEM; with it every message must be signed, whoever brings it. Null: nobody asks for signatures. */
  readonly certificate: string | null;
}

const senderRow = z
  .object({ sender: z.string(), added_at: instant, added_by: userId, certificate: z.string().nullable() })
  .transform(
    (row): AlertSender => ({
      sender: row.sender,
      addedAt: row.added_at,
      addedBy: row.added_by,
      certificate: row.certificate,
    }),
  );

export async function alertSenders(db: Database): Promise<readonly AlertSender[]> {
  const rows = await db
    .selectFrom("alert_sender")
    .select(["sender", "added_at", "added_by", "certificate"])
    .orderBy("sender")
    .execute();
  return rows.map((row) => senderRow.parse(row));
}

/** A sender that is known already gets the new token, and the old one is worth nothing. */
export async function putAlertSender(
  db: Database,
  one: Omit<AlertSender, "certificate">,
  tokenHash: string,
): Promise<void> {
  const row = { token_hash: tokenHash, added_at: one.addedAt, added_by: one.addedBy };
  await db
    .insertInto("alert_sender")
    .values({ sender: one.sender, ...row })
    .onConflict((conflict) => conflict.column("sender").doUpdateSet(row))
    .execute();
}

export async function removeAlertSender(db: Database, sender: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("alert_sender")
    .where("sender", "=", sender)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function senderOfToken(db: Database, tokenHash: string): Promise<string | null> {
  const row = await db
    .selectFrom("alert_sender")
    .where("token_hash", "=", tokenHash)
    .select("sender")
    .executeTakeFirst();
  return row?.sender ?? null;
}

/** False when there is no such sender. Null: signatures are asked for no longer. */
export async function setSenderCertificate(
  db: Database,
  sender: string,
  certificate: string | null,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("alert_sender")
    .set({ certificate })
    .where("sender", "=", sender)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Of the senders that sign. */
export async function senderCertificates(db: Database): Promise<SenderCertificates> {
  const signing = (await alertSenders(db)).flatMap(({ sender, certificate }) =>
    certificate === null ? [] : [[sender, [certificate]] as const],
  );
  return new Map(signing);
}

/** With which its alerts are checked here today; none: nobody asks for signatures. */
export async function signingKeys(db: Database, sender: string): Promise<readonly SenderKey[]> {
  return ((await senderCertificates(db)).get(sender) ?? []).map(senderKeyOf);
}
