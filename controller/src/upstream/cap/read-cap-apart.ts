import { Worker } from "node:worker_threads";
import type { CapAlert } from "@loa/shared/cap/cap-alert.ts";
import { fail, type Result } from "@loa/shared/kernel/result.ts";
import type { CapComplaint } from "@loa/shared/node/cap/cap-form.ts";
import type { SenderCertificates } from "@loa/shared/node/cap/read-signed-cap.ts";
import type { CapWork } from "./cap-worker.ts";

/** The largest alert takes some 200 ms on a slow machine. */
const READ_LIMIT_MS = 5_000;
/** On a machine that has much to do a thread begins late, which is no fault of the alert: it may come again. */
const BEGIN_LIMIT_MS = 30_000;
const MEMORY_LIMIT_MB = 128;
/** More at once wait for nobody: a feed sends again. */
const MAX_AT_ONCE = 2;

type Read = Result<CapAlert, readonly CapComplaint[] | "busy">;

let underWay = 0;

/** Reads an alert in a thread of its own, so that neither the broker nor an emergency waits for it. */
export async function readCapApart(bytes: Uint8Array, certificates: SenderCertificates): Promise<Read> {
  if (underWay >= MAX_AT_ONCE) return fail("busy");
  underWay += 1;
  try {
    return await inThread({ bytes, certificates });
  } finally {
    underWay -= 1;
  }
}

function inThread(work: CapWork): Promise<Read> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./cap-worker.ts", import.meta.url), {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
    });
    const end = (result: Read) => {
      clearTimeout(limit);
      void worker.terminate();
      resolve(result);
    };
    const refuse = (why: string) => end(fail([{ element: "(document)", line: 1, why }]));
    let limit = setTimeout(() => end(fail("busy")), BEGIN_LIMIT_MS);
    worker.on("message", (said: "begun" | Read) => {
      if (said !== "begun") return end(said);
      clearTimeout(limit);
      limit = setTimeout(() => refuse("takes too long to read"), READ_LIMIT_MS);
    });
    worker.once("error", () => refuse("cannot be read"));
  });
}
