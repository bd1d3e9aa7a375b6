import { type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";

/** An address at which others publish alerts. */
export interface AlertFeed {
  readonly url: string;
  readonly everyS: number;
  readonly addedAt: Instant;
  readonly addedBy: UserId;
  /** Of the last answer, so that what has not changed is not sent again (RFC 9110, 8.8). */
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly lookedAt: Instant | null;
  /** When it last answered as it should. */
  readonly goodAt: Instant | null;
  /** Looks in a row that have failed. */
  readonly failures: number;
  readonly problem: string | null;
}

const feedRow = z
  .object({
    url: z.string(),
    every_s: z.number(),
    added_at: instant,
    added_by: userId,
    etag: z.string().nullable(),
    last_modified: z.string().nullable(),
    looked_at: instant.nullable(),
    good_at: instant.nullable(),
    failures: z.number(),
    problem: z.string().nullable(),
  })
  .transform(
    (row): AlertFeed => ({
      url: row.url,
      everyS: row.every_s,
      addedAt: row.added_at,
      addedBy: row.added_by,
      etag: row.etag,
      lastModified: row.last_modified,
      lookedAt: row.looked_at,
      goodAt: row.good_at,
      failures: row.failures,
      problem: row.problem,
    }),
  );

export async function alertFeedsOf(db: Database): Promise<readonly AlertFeed[]> {
  const rows = await db.selectFrom("alert_feed").selectAll().orderBy("url").execute();
  return rows.map((row) => feedRow.parse(row));
}

/** One that is known already is asked at the new pace. */
export async function putAlertFeed(
  db: Database,
  { url, everyS, addedAt, addedBy }: Pick<AlertFeed, "url" | "everyS" | "addedAt" | "addedBy">,
): Promise<void> {
  const fresh = {
    etag: null,
    last_modified: null,
    looked_at: null,
    good_at: null,
    failures: 0,
    problem: null,
  };
  await db
    .insertInto("alert_feed")
    .values({ url, every_s: everyS, added_at: addedAt, added_by: addedBy, ...fresh })
    .onConflict((conflict) => conflict.column("url").doUpdateSet({ every_s: everyS }))
    .execute();
}

export async function removeAlertFeed(db: Database, url: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("alert_feed").where("url", "=", url).executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function noteLook(
  db: Database,
  { url, etag, lastModified, lookedAt, goodAt, failures, problem }: AlertFeed,
): Promise<void> {
  await db
    .updateTable("alert_feed")
    .set({
      etag,
      last_modified: lastModified,
      looked_at: lookedAt,
      good_at: goodAt,
      failures,
      problem,
    })
    .where("url", "=", url)
    .execute();
}

/** The state in which each message of the feed was last looked at, by its link. */
export async function seenEntries(db: Database, url: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom("alert_feed_entry")
    .where("feed_url", "=", url)
    .select(["link", "updated"])
    .execute();
  return new Map(rows.map(({ link, updated }) => [link, updated]));
}

export async function noteEntry(
  db: Database,
  entry: {
    readonly url: string;
    readonly link: string;
    readonly updated: string;
    readonly at: Instant;
    readonly problem: string | null;
  },
): Promise<void> {
  const { url, link, updated, at, problem } = entry;
  const row = { updated, seen_at: at, problem };
  await db
    .insertInto("alert_feed_entry")
    .values({ feed_url: url, link, ...row })
    .onConflict((conflict) => conflict.columns(["feed_url", "link"]).doUpdateSet(row))
    .execute();
}

/** Forgets what the feed itself carries no longer. */
export async function forgetEntries(db: Database, url: string, kept: readonly string[]): Promise<void> {
  const known = await seenEntries(db, url);
  for (const link of known.keys()) {
    if (kept.includes(link)) continue;
    await db.deleteFrom("alert_feed_entry").where("feed_url", "=", url).where("link", "=", link).execute();
  }
}
