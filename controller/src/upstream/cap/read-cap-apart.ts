import { Worker } from "node:worker_threads";
import type { CapAlert } from "@loa/shared/cap/cap-alert.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { CapComplaint } from "@loa/shared/node/cap/cap-form.ts";
import type { SenderCertificates } from "@loa/shared/node/cap/read-signed-cap.ts";
import type { CapWork } from "./cap-worker.ts";
import type { FeedContents } from "./feed-entries.ts";

/** The largest alert takes some 200 ms on a slow machine. */
const READ_LIMIT_MS = 5_000;
/** On a machine that has much to do a thread begins late, which is no fault of the alert: it may come again. */
const BEGIN_LIMIT_MS = 30_000;
const MEMORY_LIMIT_MB = 128;
/** What a sender has brought, and what a feed was asked for. */
export type CapDoor = "posted" | "feed";
/**
 * So many at once at each door; more wait for nobody, they come again. Feeds are asked one after the other, and what they
 * carry keeps no sender out that brings an alert itself.
 */
const MAX_AT_ONCE: Readonly<Record<CapDoor, number>> = { posted: 2, feed: 1 };

type Read = Result<CapAlert, readonly CapComplaint[] | "busy">;

const underWay: Record<CapDoor, number> = { posted: 0, feed: 0 };

/** Reads an alert in a thread of its own, so that neither the broker nor an emergency waits for it. */
export async function readCapApart(
  bytes: Uint8Array,
  certificates: SenderCertificates,
  door: CapDoor,
): Promise<Read> {
  const read = await atDoor<Result<CapAlert, readonly CapComplaint[]>>(door, {
    kind: "alert",
    bytes,
    certificates,
  });
  if (read.ok) return read.value;
  return fail(read.error === "busy" ? "busy" : [{ element: "(document)", line: 1, why: read.error }]);
}

/** The list of a feed, likewise. */
export async function readFeedApart(bytes: Uint8Array, url: string): Promise<Result<FeedContents, string>> {
  const read = await atDoor<Result<FeedContents, string>>("feed", { kind: "feed", bytes, url });
  return read.ok ? read.value : read;
}

/** `busy`: it may come again. */
type NotRead = "busy" | "takes too long to read" | "cannot be read";

async function atDoor<Outcome>(door: CapDoor, work: CapWork): Promise<Result<Outcome, NotRead>> {
  if (underWay[door] >= MAX_AT_ONCE[door]) return fail("busy");
  underWay[door] += 1;
  try {
    return await inThread<Outcome>(work);
  } finally {
    underWay[door] -= 1;
  }
}

function inThread<Outcome>(work: CapWork): Promise<Result<Outcome, NotRead>> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./cap-worker.ts", import.meta.url), {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
    });
    const end = (result: Result<Outcome, NotRead>) => {
      clearTimeout(limit);
      void worker.terminate();
      resolve(result);
    };
    let limit = setTimeout(() => end(fail("busy")), BEGIN_LIMIT_MS);
    worker.on("message", (said: "begun" | Outcome) => {
      if (said !== "begun") return end(ok(said));
      clearTimeout(limit);
      limit = setTimeout(() => end(fail("takes too long to read")), READ_LIMIT_MS);
    });
    worker.once("error", () => end(fail("cannot be read")));
  });
}
