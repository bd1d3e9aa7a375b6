import type { Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { MAX_XML_BYTES } from "@loa/shared/node/cap/xml-tree.ts";
import { type AlertIntakeParts, takeAlert } from "./alert-intake.ts";
import { newId } from "./api/new-id.ts";
import {
  type AlertFeed,
  alertFeedsOf,
  forgetEntries,
  noteEntry,
  noteLook,
  seenEntries,
} from "./store/alert-feeds.ts";
import { alertSenders } from "./store/alert-senders.ts";
import type { FeedEntry } from "./upstream/cap/feed-entries.ts";
import { readFeedApart } from "./upstream/cap/read-cap-apart.ts";
import type { Documents } from "./upstream/documents.ts";
import type { Work } from "./work.ts";

/** New messages that one look takes in; the others wait for the next one. */
const MAX_AT_ONE_LOOK = 20;
/** How often is looked whether a feed is due; and whether there is one at all. */
const ROUND_MS = 5 * SECOND_MS;
const ROUND_WITHOUT_MS = MINUTE_MS;
/** A feed that fails is asked more and more seldom, down to this. */
const SLOWEST_MS = HOUR_MS;
/** From here on somebody must hear of it. */
export const FAILURES_TO_TELL = 3;

const NO_MARKS = { etag: null, lastModified: null };

export interface AlertFeedParts extends AlertIntakeParts {
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly work: Work;
  readonly documents: Documents;
}

/** Asks the feeds of others for alerts, each at its own pace. Answers how to end it. */
export function keepAlertFeeds(parts: AlertFeedParts): () => void {
  const { timers, work } = parts;
  let isClosed = false;
  let isLooking = false;
  let hasFeeds = true;
  let cancel = timers.after(ROUND_MS, round);

  function round(): void {
    if (!isLooking) {
      isLooking = true;
      work.run("alert-feeds", async () => {
        try {
          const feeds = await alertFeedsOf(parts.db);
          hasFeeds = feeds.length > 0;
          for (const feed of feeds) {
            if (!isClosed && isDue(feed, parts.clock.now())) await lookAt(parts, feed);
          }
        } finally {
          isLooking = false;
        }
      });
    }
    if (!isClosed) cancel = timers.after(hasFeeds ? ROUND_MS : ROUND_WITHOUT_MS, round);
  }

  return () => {
    isClosed = true;
    cancel();
  };
}

export function isDue({ lookedAt, everyS, failures }: AlertFeed, now: number): boolean {
  if (lookedAt === null) return true;
  const waitMs = Math.min(SLOWEST_MS, everyS * SECOND_MS * 2 ** Math.min(failures, 10));
  return now >= lookedAt + Math.max(waitMs, everyS * SECOND_MS);
}

async function lookAt(parts: AlertFeedParts, feed: AlertFeed): Promise<void> {
  const found = await parts.documents.get(feed.url, feed, MAX_XML_BYTES);
  const at = parts.clock.now();
  if (!found.ok) return failed(parts, feed, found.error);
  const marks = found.value === "unchanged" ? feed : found.value;
  if (found.value !== "unchanged") {
    const problem = await takeIn(parts, feed.url, found.value.bytes);
    // What is left over, or was refused for a moment, is found again by the next look.
    if (problem !== null) return failed(parts, { ...feed, ...NO_MARKS }, problem);
  }
  const { etag, lastModified } = marks;
  await noteLook(parts.db, {
    ...feed,
    etag,
    lastModified,
    lookedAt: at,
    goodAt: at,
    failures: 0,
    problem: null,
  });
}

async function failed(parts: AlertFeedParts, feed: AlertFeed, problem: string): Promise<void> {
  const failures = feed.failures + 1;
  const { url } = feed;
  if (failures === FAILURES_TO_TELL) parts.log.error("alert-feed.failed", { url, problem, failures });
  await noteLook(parts.db, {
    ...feed,
    lookedAt: parts.clock.now(),
    failures,
    problem: problem.slice(0, 300),
  });
}

/** Why not all of it was taken in; null: all was, or was refused for good. */
async function takeIn(parts: AlertFeedParts, url: string, bytes: Uint8Array): Promise<string | null> {
  const read = await readFeedApart(bytes, url);
  if (!read.ok) return read.error;
  if (read.value.kind === "alert") return await takeOne(parts, url, bytes);
  const { entries } = read.value;
  const seen = await seenEntries(parts.db, url);
  const fresh = entries.filter(({ link, updated }) => seen.get(link) !== updated);
  for (const entry of fresh.slice(0, MAX_AT_ONE_LOOK)) {
    const problem = await takeEntry(parts, url, entry);
    if (problem !== null) return problem;
  }
  await forgetEntries(
    parts.db,
    url,
    entries.map((one) => one.link),
  );
  return fresh.length > MAX_AT_ONE_LOOK ? "more messages than one look takes in" : null;
}

async function takeEntry(
  parts: AlertFeedParts,
  url: string,
  { link, updated }: FeedEntry,
): Promise<string | null> {
  const found = await parts.documents.get(link, NO_MARKS, MAX_XML_BYTES);
  if (!found.ok) return `${link}: ${found.error}`;
  if (found.value === "unchanged") return null;
  const problem = await takeOne(parts, url, found.value.bytes);
  if (problem === "busy") return problem;
  await noteEntry(parts.db, { url, link, updated, at: parts.clock.now(), problem });
  return null;
}

async function takeOne(parts: AlertFeedParts, url: string, bytes: Uint8Array): Promise<string | null> {
  const senders = (await alertSenders(parts.db)).map(({ sender }) => sender);
  const taken = await takeAlert(parts, bytes, { kind: "feed", url, senders }, newId("alert", parts.random));
  if (taken.ok) return null;
  parts.log.warn("alert.refused", { code: taken.error.code, url });
  return taken.error.code;
}
