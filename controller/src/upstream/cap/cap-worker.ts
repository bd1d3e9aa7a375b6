import { parentPort, workerData } from "node:worker_threads";
import { readSignedCap, type SenderCertificates } from "@loa/shared/node/cap/read-signed-cap.ts";

/** What the thread is handed. */
export interface CapWork {
  readonly bytes: Uint8Array;
  readonly certificates: SenderCertificates;
}

// One message a thread: what a hostile document costs ends with it.
const work: CapWork = workerData;
parentPort?.postMessage(readSignedCap(work.bytes, work.certificates));
