import { type AreaId, areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { AuditAct } from "../domain/audit-acts.ts";
import { type AuditLink, BEFORE_THE_FIRST, linkHash } from "./audit-link.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface AuditEntry {
  readonly at: Instant;
  /** Null for acts of boxes and of the controller itself. */
  readonly userId: UserId | null;
  readonly act: AuditAct;
  /** What it was done to: `schedule:morning-news`. */
  readonly subject: string;
  readonly areaId: AreaId | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditRow extends Omit<AuditEntry, "act"> {
  /** Also one of an earlier release. */
  readonly act: string;
  readonly id: number;
  readonly userName: string | null;
}

const auditRow = z
  .object({
    id: z.number(),
    at: instant,
    user_id: userId.nullable(),
    name: z.string().nullable(),
    act: z.string(),
    subject: z.string(),
    area_id: areaId.nullable(),
    detail: jsonColumn(z.record(z.string(), z.unknown())),
  })
  .transform(
    ({ user_id, area_id, name, ...row }): AuditRow => ({
      ...row,
      userId: user_id,
      userName: name,
      areaId: area_id,
    }),
  );

/** Always inside the transaction of what it tells: the database then has one writer, and the chain one end. */
export async function writeAudit(db: Database, entry: AuditEntry): Promise<void> {
  const last = await lastLink(db);
  const row = {
    id: (last?.id ?? 0) + 1,
    at: entry.at,
    user_id: entry.userId,
    act: entry.act,
    subject: entry.subject,
    area_id: entry.areaId,
    detail: JSON.stringify(entry.detail),
  };
  const hash = linkHash(last?.hash ?? BEFORE_THE_FIRST, row);
  await db
    .insertInto("audit")
    .values({ ...row, hash })
    .execute();
}

/** The end of the chain: whoever knows it knows every row before it. Null: nothing was done yet. */
export async function lastLink(db: Database): Promise<{ readonly id: number; readonly hash: string } | null> {
  const row = await db
    .selectFrom("audit")
    .select(["id", "hash"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { id: row.id, hash: row.hash ?? "" };
}

/** Rows with their hashes, by number, from after `after` on. */
export async function linksAfter(
  db: Database,
  after: number,
  limit: number,
): Promise<readonly (AuditLink & { readonly hash: string | null })[]> {
  return await db
    .selectFrom("audit")
    .select(["id", "at", "user_id", "act", "subject", "area_id", "detail", "hash"])
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Null when nobody used it since. */
export async function lastUseOfBreakGlass(db: Database, since: Instant): Promise<Instant | null> {
  const row = await db
    .selectFrom("audit")
    .innerJoin("user", "user.id", "audit.user_id")
    .where("user.break_glass", "=", 1)
    .where("audit.act", "=", "session.break-glass" satisfies AuditAct)
    .where("audit.at", ">=", since)
    .select("audit.at")
    .orderBy("audit.at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : instant.parse(row.at);
}

export interface AuditSearch {
  readonly within: AreaQuery;
  /** Also the rows that belong to no area. */
  readonly withoutArea: boolean;
  readonly from: Instant;
  readonly to: Instant;
  readonly subject: string | null;
  /** Only rows with a smaller number; null: from the newest on. */
  readonly before: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function findAudit(db: Database, search: AuditSearch): Promise<readonly AuditRow[]> {
  let query = db
    .selectFrom("audit")
    .leftJoin("user", "user.id", "audit.user_id")
    .where("audit.at", ">=", search.from)
    .where("audit.at", "<", search.to)
    .where((eb) =>
      search.withoutArea
        ? eb.or([eb("audit.area_id", "in", search.within), eb("audit.area_id", "is", null)])
        : eb("audit.area_id", "in", search.within),
    );
  if (search.before !== null) query = query.where("audit.id", "<", search.before);
  if (search.subject !== null) query = query.where("audit.subject", "=", search.subject);
  const rows = await query
    .select([
      "audit.id",
      "audit.at",
      "audit.user_id",
      "user.name",
      "audit.act",
      "audit.subject",
      "audit.area_id",
      "audit.detail",
    ])
    .orderBy("audit.id", "desc")
    .limit(search.limit)
    .execute();
  return rows.map((row) => auditRow.parse(row));
}
