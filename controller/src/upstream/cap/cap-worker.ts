import { parentPort, workerData } from "node:worker_threads";
import { readSignedCap, type SenderCertificates } from "@loa/shared/node/cap/read-signed-cap.ts";
import { readFeed } from "./feed-entries.ts";

/** What the thread is handed: an alert, or a feed that points to some. */
export type CapWork =
  | { readonly kind: "alert"; readonly bytes: Uint8Array; readonly certificates: SenderCertificates }
  | { readonly kind: "feed"; readonly bytes: Uint8Array; readonly url: string };

// One message a thread: what a hostile document costs ends with it.
const work: CapWork = workerData;
// It has loaded what it needs.
parentPort?.postMessage("begun");
parentPort?.postMessage(
  work.kind === "alert" ? readSignedCap(work.bytes, work.certificates) : readFeed(work.bytes, work.url),
);
