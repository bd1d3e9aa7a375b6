import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { Write, WriteQueue } from "./bus/write-queue.ts";
import type { Database } from "./store/database.ts";
import { isDiskFull } from "./store/disk-full.ts";

/**
 * Writes what must be said all the same: whoever must be warned does not wait for room on the disk. What found no room is
 * written when there is some, in the order in which it was done; `stored` tells when. Throws what else went wrong.
 */
export type PressingCommit = (store: Write["store"], stored?: () => void) => Promise<void>;

export interface PressingCommitParts {
  readonly db: Database;
  readonly writes: Pick<WriteQueue, "add">;
  readonly log: Log;
}

export function createPressingCommit({ db, writes, log }: PressingCommitParts): PressingCommit {
  let waiting = 0;

  function later(store: Write["store"], stored: () => void): void {
    log.error("emergency.not-in-books");
    waiting += 1;
    const done = () => {
      waiting -= 1;
      stored();
    };
    writes.add({ store, stored: done });
  }

  return async (store, stored = () => {}) => {
    // It may stand on what waits before it.
    if (waiting > 0) return later(store, stored);
    try {
      await db.transaction().execute(store);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return later(store, stored);
    }
    stored();
  };
}
