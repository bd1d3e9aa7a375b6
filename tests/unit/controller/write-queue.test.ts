import { createWriteQueue, MAX_WAITING_SAMPLES, type WriteQueue } from "@loa/controller/bus/write-queue.ts";
import type { Database } from "@loa/controller/store/database.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { putSetting } from "@loa/controller/store/settings.ts";
import { createWork } from "@loa/controller/work.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { createVirtualDatabase, type VirtualDatabase } from "@loa/simulator/virtual/virtual-database.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogBook } from "../../support/log-book.ts";
import { createTestTime, type TestTime } from "../../support/test-time.ts";

let file: VirtualDatabase;
let db: Database;
let time: TestTime;
let queue: WriteQueue;
beforeEach(async () => {
  file = createVirtualDatabase();
  db = await openDatabase(file.open());
  time = createTestTime();
  const log = createLogBook();
  queue = createWriteQueue(db, time.timers, log, createWork(time.timers, log));
});
afterEach(() => {
  queue.close();
  file.close();
});

const written = () => file.rows("select value from setting");
const good = (value: string, stored?: () => void) => ({
  store: (tx: Database) => putSetting(tx, "sequence.reserved", value),
  ...(stored === undefined ? {} : { stored }),
});
const sample = (at: number) => ({
  boxId: boxId.parse("box-1"),
  capability: "amplifier.temperature" as const,
  at: asInstant(at),
  value: 40,
});
const bad = {
  store: async () => {
    throw new Error("never");
  },
};

test("writes wait for each other about a second, and are told of after the commit", async () => {
  const told: string[] = [];
  queue.add(good("1", () => told.push("1")));
  await time.advance(500);
  expect(written()).toEqual([]);
  await time.advance(600);
  expect(written()).toEqual([{ value: "1" }]);
  expect(told).toEqual(["1"]);
});

test("one write that can never succeed does not keep the others back, and is not lost", async () => {
  queue.add(bad);
  queue.add(good("2"));
  await time.advance(1_500);
  expect(written()).toEqual([{ value: "2" }]);
  queue.add(good("3"));
  await time.advance(10_000);
  expect(written()).toEqual([{ value: "3" }]);
  expect(queue.waiting).toBe(1);
});

test("what was added is written as soon as the disk takes it again", async () => {
  let isFull = true;
  queue.add({
    async store(tx) {
      if (isFull) throw new Error("full");
      await putSetting(tx, "sequence.reserved", "4");
    },
  });
  await time.advance(30_000);
  expect(written()).toEqual([]);
  isFull = false;
  await time.advance(3_000);
  expect(written()).toEqual([{ value: "4" }]);
});

test("samples give way, the oldest first", () => {
  for (let count = 0; count < MAX_WAITING_SAMPLES + 5; count += 1) queue.addSamples([sample(count)]);
  expect(queue.waiting).toBe(MAX_WAITING_SAMPLES);
  expect(queue.droppedSamples).toBe(5);
});

test("a flush writes everything now", async () => {
  queue.add(good("5"));
  await queue.flush();
  expect(written()).toEqual([{ value: "5" }]);
});

test("samples wait half a minute for company, and go along with a write that may wait less", async () => {
  const samples = () => file.rows("select at from sample order by at");
  queue.addSamples([sample(1), sample(2)]);
  await time.advance(29_000);
  expect(samples()).toEqual([]);
  await time.advance(1_500);
  expect(samples()).toEqual([{ at: 1 }, { at: 2 }]);
  queue.addSamples([sample(3)]);
  queue.add(good("6"));
  await time.advance(1_500);
  expect(samples()).toEqual([{ at: 1 }, { at: 2 }, { at: 3 }]);
});

test("of what is said of a box within half a minute the last word is kept, also beside a write that fails", async () => {
  const seen = (at: number) => ({
    boxId: boxId.parse("box-1"),
    lastHeardAt: asInstant(at),
    reported: null,
  });
  queue.addSeen(seen(1));
  queue.addSeen(seen(2));
  await time.advance(29_000);
  expect(file.rows("select box_id from box_seen")).toEqual([]);
  queue.add(bad);
  await time.advance(10_000);
  expect(file.rows("select box_id, last_heard_at from box_seen")).toEqual([
    { box_id: "box-1", last_heard_at: 2 },
  ]);
});
