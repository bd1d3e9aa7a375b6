import type { Log, Timers } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type BoxSeen, putBoxesSeen } from "../store/box-seen.ts";
import type { Database } from "../store/database.ts";
import { insertSamples, type SampleRow } from "../store/samples.ts";
import type { Work } from "../work.ts";

/**
 * Small writes, gathered into one transaction: a single one costs as much as a hundred. What a box was promised to be
 * kept (events, acknowledgements) waits about a second and is never dropped; samples wait longer, as nobody waits for
 * them, and give way, oldest first. When a box was heard waits as long, once for each box.
 */
export interface WriteQueue {
  add(write: Write): void;
  addSamples(samples: readonly SampleRow[]): void;
  /** Of several of one box the last one counts. */
  addSeen(seen: BoxSeen): void;
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

const MAX_WRITES_A_BATCH = 200;
const MAX_SAMPLES_A_BATCH = 500;
const BATCH_PAUSE_MS = SECOND_MS;
/** For what a power cut of the server may take along: a graph lacks half a minute, a box soon says it again. */
const LONG_PAUSE_MS = 30 * SECOND_MS;
/** A failed batch is tried again after this. */
const RETRY_PAUSE_MS = 2 * SECOND_MS;
/** Samples of 10,000 boxes over some minutes; what is older is lost when the store does not follow. */
export const MAX_WAITING_SAMPLES = 50_000;

export function createWriteQueue(db: Database, timers: Timers, log: Log, work: Work): WriteQueue {
  const kept: Write[] = [];
  const samples: SampleRow[] = [];
  const seen = new Map<BoxId, BoxSeen>();
  let droppedSamples = 0;
  let cancelTimer: (() => void) | null = null;
  /** How long the running timer was asked to wait; null while none runs. */
  let armedMs: number | null = null;
  let isWriting = false;
  let isClosed = false;

  function wakeIn(delayMs: number): void {
    if (isWriting || isClosed || (armedMs !== null && armedMs <= delayMs)) return;
    disarm();
    armedMs = delayMs;
    cancelTimer = timers.after(delayMs, () => {
      disarm();
      work.run("write-queue", writeAll);
    });
  }

  function waiting(): number {
    return kept.length + samples.length + seen.size;
  }

  function takeSeen(): readonly BoxSeen[] {
    const all = [...seen.values()];
    seen.clear();
    return all;
  }

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = null;
    armedMs = null;
  }

  async function writeAll(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    let isWell = true;
    try {
      while (isWell && waiting() > 0) {
        isWell = await writeNext();
        if (waiting() > 0) await work.breathe();
      }
    } finally {
      isWriting = false;
    }
    if (waiting() > 0) wakeIn(isWell ? BATCH_PAUSE_MS : RETRY_PAUSE_MS);
  }

  /** False when nothing of it could be written. */
  async function writeNext(): Promise<boolean> {
    const batch = kept.splice(0, MAX_WRITES_A_BATCH);
    const some = batch.length < MAX_WRITES_A_BATCH ? samples.splice(0, MAX_SAMPLES_A_BATCH) : [];
    const boxes = takeSeen();
    if (await commit(batch, some, boxes)) return true;
    // One bad write must not keep the others back: each by itself, and those that fail go to the end.
    if (boxes.length > 0 && !(await commit([], [], boxes)))
      for (const one of boxes) if (!seen.has(one.boxId)) seen.set(one.boxId, one);
    const failed: Write[] = [];
    for (const write of batch) if (batch.length === 1 || !(await commit([write], [], []))) failed.push(write);
    kept.push(...failed);
    return failed.length < batch.length;
  }

  async function commit(
    batch: readonly Write[],
    some: readonly SampleRow[],
    boxes: readonly BoxSeen[],
  ): Promise<boolean> {
    try {
      await db.transaction().execute(async (tx) => {
        for (const write of batch) await write.store(tx);
        await insertSamples(tx, some);
        await putBoxesSeen(tx, boxes);
      });
    } catch (error) {
      log.error("store.write-failed", { rows: batch.length + some.length + boxes.length, error: `${error}` });
      return false;
    }
    for (const write of batch) write.stored?.();
    return true;
  }

  return {
    add(write) {
      kept.push(write);
      wakeIn(kept.length >= MAX_WRITES_A_BATCH ? 0 : BATCH_PAUSE_MS);
    },
    addSamples(more) {
      samples.push(...more);
      droppedSamples += samples.splice(0, Math.max(0, samples.length - MAX_WAITING_SAMPLES)).length;
      wakeIn(LONG_PAUSE_MS);
    },
    addSeen(one) {
      seen.set(one.boxId, one);
      wakeIn(LONG_PAUSE_MS);
    },
    async flush() {
      disarm();
      await work.track(writeAll());
    },
    get waiting() {
      return waiting();
    },
    get droppedSamples() {
      return droppedSamples;
    },
    close() {
      isClosed = true;
      disarm();
    },
  };
}
