import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { DAY_MS, HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import { deleteSamplesBefore } from "./store/box-history.ts";
import type { Database } from "./store/database.ts";
import { deleteOutboxDoneBefore } from "./store/plan-writes.ts";
import type { Work } from "./work.ts";

/** Raw samples are for finding faults, not for reports. */
const SAMPLE_DAYS = 30;
/** Plans are large, and their history is in the audit of what they were made of. */
const OUTBOX_DAYS = 14;
/** Often enough that one round never has much to do. */
const ROUND_MS = HOUR_MS;

/** Removes what has been kept long enough. Answers how to end it. */
export function keepForDays(db: Database, clock: Clock, timers: Timers, work: Work): () => void {
  let isClosed = false;
  let cancel = timers.after(ROUND_MS, round);

  function round(): void {
    work.run("retention", async () => {
      const now = clock.now();
      await deleteSamplesBefore(db, plus(now, -SAMPLE_DAYS * DAY_MS));
      await deleteOutboxDoneBefore(db, plus(now, -OUTBOX_DAYS * DAY_MS));
    });
    if (!isClosed) cancel = timers.after(ROUND_MS, round);
  }

  return () => {
    isClosed = true;
    cancel();
  };
}
