import { type CapAlert, capAlert } from "@loa/shared/cap/cap-alert.ts";
import { type AreaId, areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

export interface StoredAlert {
  readonly id: string;
  readonly receivedAt: Instant;
  /** A user, or `sender:` and the name under which a machine sends. */
  readonly receivedBy: string;
  readonly alert: CapAlert;
  /** Our areas in which it holds, as they stood when it came. */
  readonly areas: readonly AreaId[];
  readonly dismissedAt: Instant | null;
  readonly dismissedBy: UserId | null;
}

/** With the message as it came. */
export interface KnownAlert extends StoredAlert {
  readonly document: string;
}

const alertRow = z
  .object({
    id: z.string(),
    received_at: instant,
    received_by: z.string(),
    alert: jsonColumn(capAlert),
    areas: jsonColumn(z.array(areaId)),
    dismissed_at: instant.nullable(),
    dismissed_by: userId.nullable(),
  })
  .transform(
    (row): StoredAlert => ({
      id: row.id,
      receivedAt: row.received_at,
      receivedBy: row.received_by,
      alert: row.alert,
      areas: row.areas,
      dismissedAt: row.dismissed_at,
      dismissedBy: row.dismissed_by,
    }),
  );

const columns = [
  "id",
  "received_at",
  "received_by",
  "alert",
  "areas",
  "dismissed_at",
  "dismissed_by",
] as const;

/** `document` is the message as it came: a signature is over its very bytes. */
export async function insertAlert(db: Database, stored: StoredAlert, document: string): Promise<void> {
  const { alert } = stored;
  await db
    .insertInto("alert")
    .values({
      id: stored.id,
      sender: alert.sender,
      identifier: alert.identifier,
      received_at: stored.receivedAt,
      received_by: stored.receivedBy,
      alert: JSON.stringify(alert),
      document,
      areas: JSON.stringify(stored.areas),
      dismissed_at: null,
      dismissed_by: null,
    })
    .execute();
}

/** The sender itself says what somebody else has brought in its name. */
export async function replaceAlert(db: Database, stored: StoredAlert, document: string): Promise<void> {
  await db.deleteFrom("alert").where("id", "=", stored.id).execute();
  await insertAlert(db, stored, document);
}

/** The one of this name, and its document. */
export async function alertNamed(
  db: Database,
  sender: string,
  identifier: string,
): Promise<KnownAlert | null> {
  const row = await db
    .selectFrom("alert")
    .where("sender", "=", sender)
    .where("identifier", "=", identifier)
    .select([...columns, "document"])
    .executeTakeFirst();
  return row === undefined ? null : { ...alertRow.parse(row), document: row.document };
}

/** Newest first. */
export async function alertsSince(
  db: Database,
  from: Instant,
  limit: number,
): Promise<readonly StoredAlert[]> {
  const rows = await db
    .selectFrom("alert")
    .where("received_at", ">=", from)
    .select(columns)
    .orderBy("received_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => alertRow.parse(row));
}

/** False when it is not there, or somebody has put it aside before. */
export async function dismissAlert(db: Database, id: string, by: UserId, at: Instant): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("alert")
    .set({ dismissed_at: at, dismissed_by: by })
    .where("id", "=", id)
    .where("dismissed_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
