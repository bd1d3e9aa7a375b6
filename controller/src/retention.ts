import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { DAY_MS, HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import type { Database } from "./store/database.ts";
import {
  type RemoveOld,
  removeOldDataUse,
  removeOldEvents,
  removeOldLooks,
  removeOldPlans,
  removeOldSamples,
  removeOldSelfTests,
} from "./store/old-rows.ts";
import type { Work } from "./work.ts";

/** Raw samples are for finding faults, not for reports. */
const SAMPLE_DAYS = 30;
/** Plans are large, and their history is in the audit of what they were made of. */
const PLAN_DAYS = 14;
/** What a box found before an occurrence explains its receipt while somebody still asks. */
const LOOK_DAYS = 30;
/** A line ages over years: this season is compared with the same one of the year before. */
const SELF_TEST_DAYS = 800;
const DATA_USE_DAYS = 800;
/** Signed events as they came, for whoever doubts a receipt. Receipts and as-run rows themselves are never removed. */
const EVENT_DAYS = 62;
/** Often enough that one round never has much to do. */
const ROUND_MS = HOUR_MS;
/** A slice holds the event loop for some 10 ms. */
const ROWS_A_SLICE = 200;
/** What a round does not come to, the next one does: two million rows a day and kind. */
const SLICES_A_ROUND = 500;

/** Removes what has been kept long enough. Answers how to end it. */
export function keepForDays(db: Database, clock: Clock, timers: Timers, work: Work): () => void {
  let isClosed = false;
  let cancel = timers.after(ROUND_MS, round);

  function round(): void {
    work.run("retention", async () => {
      await removeAll(removeOldSamples, SAMPLE_DAYS);
      await removeAll(removeOldPlans, PLAN_DAYS);
      await removeAll(removeOldEvents, EVENT_DAYS);
      await removeAll(removeOldLooks, LOOK_DAYS);
      await removeAll(removeOldSelfTests, SELF_TEST_DAYS);
      await removeAll(removeOldDataUse, DATA_USE_DAYS);
    });
    if (!isClosed) cancel = timers.after(ROUND_MS, round);
  }

  async function removeAll(remove: RemoveOld, days: number): Promise<void> {
    const before = plus(clock.now(), -days * DAY_MS);
    for (let slice = 0; slice < SLICES_A_ROUND && !isClosed; slice += 1) {
      if (slice > 0) await work.breathe();
      if ((await remove(db, before, ROWS_A_SLICE)) < ROWS_A_SLICE) return;
    }
  }

  return () => {
    isClosed = true;
    cancel();
  };
}
