import type { Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Database } from "../store/database.ts";
import type { Work } from "../work.ts";

/**
 * Small writes, gathered into one transaction about once a second: a single one costs as much as a hundred.
 * What a box was promised to be kept (events, acknowledgements) is never dropped; samples give way, oldest first.
 */
export interface WriteQueue {
  add(write: Write): void;
  addSample(write: Write): void;
  /** Writes what is there, and answers when it is durable. */
  flush(): Promise<void>;
  readonly waiting: number;
  readonly droppedSamples: number;
  close(): void;
}

export interface Write {
  /** Part of a transaction that may be tried again as a whole. */
  readonly store: (tx: Database) => Promise<void>;
  /** After the commit. */
  readonly stored?: () => void;
}

const MAX_ROWS_A_BATCH = 200;
const BATCH_PAUSE_MS = SECOND_MS;
/** A failed batch is tried again after this. */
const RETRY_PAUSE_MS = 2 * SECOND_MS;
/** Samples of 10,000 boxes over some minutes; what is older is lost when the store does not follow. */
export const MAX_WAITING_SAMPLES = 20_000;

export function createWriteQueue(db: Database, timers: Timers, log: Log, work: Work): WriteQueue {
  const kept: Write[] = [];
  const samples: Write[] = [];
  let droppedSamples = 0;
  let cancelTimer: (() => void) | null = null;
  let isWriting = false;
  let isClosed = false;

  function wakeIn(delayMs: number): void {
    if (cancelTimer !== null || isWriting || isClosed) return;
    cancelTimer = timers.after(delayMs, () => {
      cancelTimer = null;
      work.run("write-queue", writeAll);
    });
  }

  async function writeAll(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    let isWell = true;
    try {
      while (isWell && kept.length + samples.length > 0) {
        isWell = await writeNext();
        if (kept.length + samples.length > 0) await work.breathe();
      }
    } finally {
      isWriting = false;
    }
    if (kept.length + samples.length > 0) wakeIn(isWell ? BATCH_PAUSE_MS : RETRY_PAUSE_MS);
  }

  /** False when nothing of it could be written. */
  async function writeNext(): Promise<boolean> {
    const batch = kept.splice(0, MAX_ROWS_A_BATCH);
    const isPartly = batch.length < MAX_ROWS_A_BATCH;
    const some = isPartly ? samples.splice(0, MAX_ROWS_A_BATCH - batch.length) : [];
    if (await commit([...batch, ...some])) return true;
    // One bad write must not keep the others back: each by itself, and those that fail go to the end.
    const failed: Write[] = [];
    for (const write of batch) if (batch.length === 1 || !(await commit([write]))) failed.push(write);
    kept.push(...failed);
    return failed.length < batch.length;
  }

  async function commit(batch: readonly Write[]): Promise<boolean> {
    try {
      await db.transaction().execute(async (tx) => {
        for (const write of batch) await write.store(tx);
      });
    } catch (error) {
      log.error("store.write-failed", { rows: batch.length, error: `${error}` });
      return false;
    }
    for (const write of batch) write.stored?.();
    return true;
  }

  function added(): void {
    if (isWriting) return;
    if (kept.length >= MAX_ROWS_A_BATCH) {
      cancelTimer?.();
      cancelTimer = null;
      wakeIn(0);
    } else wakeIn(BATCH_PAUSE_MS);
  }

  return {
    add(write) {
      kept.push(write);
      added();
    },
    addSample(write) {
      samples.push(write);
      if (samples.length > MAX_WAITING_SAMPLES) {
        samples.shift();
        droppedSamples += 1;
      }
      added();
    },
    async flush() {
      cancelTimer?.();
      cancelTimer = null;
      await work.track(writeAll());
    },
    get waiting() {
      return kept.length + samples.length;
    },
    get droppedSamples() {
      return droppedSamples;
    },
    close() {
      isClosed = true;
      cancelTimer?.();
    },
  };
}
