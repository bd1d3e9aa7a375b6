import { parentPort, workerData } from "node:worker_threads";
import { readSignedCap, type SenderCertificates } from "@loa/shared/node/cap/read-signed-cap.ts";

/** What the thread is handed. */
export interface CapWork {
  readonly bytes: Uint8Array;
  readonly certificates: SenderCertificates;
}

// One message a thread: what a hostile document costs ends with it.
const work: CapWork = workerData;
// It has loaded what it needs.
parentPort?.postMessage("begun");
parentPort?.postMessage(readSignedCap(work.bytes, work.certificates));
