import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Work } from "../work.ts";

/**
 * Sequence numbers of the controller's envelopes. They are reserved in blocks: no envelope waits for the database, and
 * after a crash none is used twice, because a new run begins above everything that was ever reserved.
 */
export interface Sequences {
  /** Null while the next block is not yet reserved. The last ones of a block are only for what is pressing. */
  take(isPressing?: boolean): number | null;
  /** A box has seen a higher one, so this database is older than it: go on above. False: not believed. */
  raiseAbove(highest: number): boolean;
}

export interface SequenceStore {
  /** The highest number that was ever reserved; 0 in the beginning. */
  read(): Promise<number>;
  /** Durable when it answers. */
  reserveUpTo(highest: number): Promise<void>;
}

/** A change of the whole province takes 10,000 at once. */
export const SEQUENCE_BLOCK = 32_768;

/** On a disk that stays full nothing more is reserved: STOP and emergencies are the last that can be signed, this often. */
export const KEPT_FOR_PRESSING = 1_024;
const RETRY_PAUSE_MS = 5 * SECOND_MS;

/**
 * A stolen box may claim anything, and again and again: all jumps of one run together that are beyond what a restored
 * backup explains would use up the numbers.
 */
export const MAX_RAISE = 2 ** 32;

export async function createSequences(
  store: SequenceStore,
  clock: Clock,
  work: Work,
  log: Log,
): Promise<Sequences> {
  let last = await store.read();
  let reserved = last + SEQUENCE_BLOCK;
  let raisedBy = 0;
  let isReserving = false;
  let failedAt: MonotonicMs | null = null;
  await store.reserveUpTo(reserved);

  function reserve(): void {
    const hasJustFailed = failedAt !== null && clock.monotonic() - failedAt < RETRY_PAUSE_MS;
    if (isReserving || hasJustFailed) return;
    isReserving = true;
    work.run("sequences", async () => {
      const upTo = Math.max(last, reserved) + SEQUENCE_BLOCK;
      try {
        await store.reserveUpTo(upTo);
        reserved = upTo;
      } catch (error) {
        failedAt = clock.monotonic();
        throw error;
      } finally {
        isReserving = false;
      }
    });
  }

  return {
    take(isPressing = false) {
      if (reserved - last < SEQUENCE_BLOCK / 2) reserve();
      if (last >= (isPressing ? reserved : reserved - KEPT_FOR_PRESSING)) return null;
      last += 1;
      return last;
    },
    raiseAbove(highest) {
      if (highest <= last) return true;
      if (raisedBy + highest - last > MAX_RAISE) {
        log.warn("sequence.claim-refused", { highest, last });
        return false;
      }
      log.warn("sequence.raised", { from: last, to: highest });
      raisedBy += highest - last;
      last = highest;
      if (last >= reserved) reserve();
      return true;
    },
  };
}
