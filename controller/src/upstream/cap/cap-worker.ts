import { parentPort, workerData } from "node:worker_threads";
import { readCap } from "./read-cap.ts";

// One message a thread: what a hostile document costs ends with it.
if (workerData instanceof Uint8Array) parentPort?.postMessage(readCap(workerData));
