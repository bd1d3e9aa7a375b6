import {
  createSequences,
  KEPT_FOR_PRESSING,
  MAX_RAISE,
  SEQUENCE_BLOCK,
} from "@loa/controller/bus/sequences.ts";
import { createWork } from "@loa/controller/work.ts";
import { expect, test } from "vitest";
import { createLogBook } from "../../support/log-book.ts";
import { createTestTime } from "../../support/test-time.ts";

/** A disk that keeps one number, and can be slow. */
function createDisk() {
  const disk = { reserved: 0, isSlow: false, release: () => {} };
  return {
    disk,
    store: {
      read: async () => disk.reserved,
      async reserveUpTo(highest: number) {
        if (disk.isSlow) await new Promise<void>((resolve) => (disk.release = resolve));
        disk.reserved = highest;
      },
    },
  };
}

const begin = (store: Parameters<typeof createSequences>[0]) => {
  const log = createLogBook();
  const time = createTestTime();
  return createSequences(store, time.clock, createWork(time.timers, log), log);
};

test("no number that was given out is given out again after a crash", async () => {
  const { store } = createDisk();
  const given = new Set<number>();
  for (let run = 0; run < 5; run += 1) {
    const sequences = await begin(store);
    for (let count = 0; count < run * 1_000 + 1; count += 1) {
      const next = sequences.take();
      if (next === null) break;
      expect(given.has(next)).toBe(false);
      given.add(next);
    }
  }
});

test("no number is given out that is not reserved on the disk", async () => {
  const { disk, store } = createDisk();
  const sequences = await begin(store);
  disk.isSlow = true;
  let last = 0;
  for (;;) {
    const next = sequences.take();
    if (next === null) break;
    last = next;
  }
  expect(last).toBe(SEQUENCE_BLOCK - KEPT_FOR_PRESSING);
  for (let stops = 0; stops < KEPT_FOR_PRESSING; stops += 1) last = sequences.take(true) ?? 0;
  expect(last).toBe(SEQUENCE_BLOCK);
  expect(sequences.take(true)).toBeNull();
  expect(disk.reserved).toBe(SEQUENCE_BLOCK);
  disk.release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sequences.take()).toBe(SEQUENCE_BLOCK + 1);
});

test("after a jump the next number waits until the jump is reserved", async () => {
  const { disk, store } = createDisk();
  const sequences = await begin(store);
  expect(sequences.raiseAbove(1_000_000)).toBe(true);
  expect(sequences.take()).toBeNull();
  await new Promise((resolve) => setImmediate(resolve));
  expect(disk.reserved).toBeGreaterThan(1_000_000);
  expect(sequences.take()).toBe(1_000_001);
});

test("a jump that no restored backup explains is not believed", async () => {
  const { store } = createDisk();
  const sequences = await begin(store);
  expect(sequences.raiseAbove(MAX_RAISE + 10)).toBe(false);
  expect(sequences.take()).toBe(1);
});

test("a disk that refuses is asked again every five seconds, not for each envelope", async () => {
  const { store } = createDisk();
  const time = createTestTime();
  const log = createLogBook();
  let asked = 0;
  const full = {
    ...store,
    async reserveUpTo(highest: number) {
      asked += 1;
      if (asked > 1) throw new Error("full");
      await store.reserveUpTo(highest);
    },
  };
  const sequences = await createSequences(full, time.clock, createWork(time.timers, log), log);
  for (let count = 0; count < SEQUENCE_BLOCK; count += 1) {
    sequences.take();
    if (count % 1_000 === 0) await time.advance(0);
  }
  expect(asked).toBe(2);
  await time.advance(5_000);
  sequences.take();
  expect(asked).toBe(3);
});

test("a stolen box that claims again and again uses up no more numbers than one claim", async () => {
  const sequences = await begin(createDisk().store);
  let believed = 0;
  for (let claims = 0, highest = 0; claims < 1_000; claims += 1) {
    highest += MAX_RAISE / 2;
    if (sequences.raiseAbove(highest)) believed = highest;
  }
  expect(believed).toBe(MAX_RAISE);
});
