import type { Receipt } from "@loa/shared/broadcast/receipt.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, type LocalTime, toLocal } from "@loa/shared/kernel/time.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IN_STEP } from "../support/as-run.ts";
import type { BoxPuppet } from "../support/box-puppet.ts";
import { createHeartWorld, type HeartWorld } from "../support/heart-world.ts";

let world: HeartWorld;
let box: BoxPuppet;
beforeEach(async () => {
  world = await createHeartWorld();
  box = await world.addBox("box-1");
});
afterEach(() => world.close());

const minuteMs = 60_000;
const row = () => world.heart().fleet.now(box.id)?.row;
const receiptRows = () => world.rows("select occurrence_id, verdict, cause from receipt");

/** A schedule with its only start in so many minutes. */
async function scheduleIn(minutes: number): Promise<{ readonly id: OccurrenceId; readonly at: Instant }> {
  const at = (world.time.clock.now() + minutes * minuteMs) as Instant;
  const { date, time } = toLocal(at);
  await world.addSchedule("news", { times: [time as LocalTime], from: date, to: date });
  return { id: `news@${date}T${time}` as OccurrenceId, at };
}

function receiptOf(occurrence: { readonly id: OccurrenceId; readonly at: Instant }): Receipt {
  return {
    occurrenceId: occurrence.id,
    dueAt: occurrence.at,
    verdict: "heard",
    cause: null,
    evidence: {
      dueMs: minuteMs,
      playedMs: minuteMs,
      startErrorMs: 3,
      mixerDb: -18,
      amplifierOn: true,
      amplifierDb: -12,
      amplifierMeterPercent: null,
      gainDb: null,
      lineCurrentA: null,
      microphoneDb: null,
      microphoneMatch: null,
      unmeasuredMs: 0,
      provenAgeMs: 400,
      clock: "synced",
      clockErrorMs: 2,
    },
    at: (occurrence.at + minuteMs) as Instant,
  };
}

test("an event is stored before the box hears that it may forget it", async () => {
  const occurrence = await scheduleIn(1);
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(occurrence) });
  await world.time.advance(500);
  expect(box.got("received")).toHaveLength(0);
  expect(world.rows("select number from event")).toHaveLength(0);
  await world.time.advance(2_000);
  expect(world.rows("select number from event")).toEqual([{ number: 1 }]);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 1 });
});

test("an event that was not stored before a crash is not acknowledged, and counts once when it comes again", async () => {
  const occurrence = await scheduleIn(1);
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(occurrence) });
  await world.crash();
  box.connect(2);
  await world.time.advance(5_000);
  expect(box.got("received")).toHaveLength(0);
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(occurrence) });
  await world.time.advance(5_000);
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(occurrence) });
  await world.time.advance(5_000);
  expect(world.rows("select number from event")).toEqual([{ number: 1 }]);
  expect(receiptRows()).toEqual([{ occurrence_id: occurrence.id, verdict: "heard", cause: null }]);
});

test("a stretch of sound that is told twice, even over a restart, is written once", async () => {
  const { id: occurrenceId, at } = await scheduleIn(1);
  const asRun = {
    kind: "as-run",
    ...IN_STEP,
    occurrenceId,
    startedAt: at,
    endedAt: (at + minuteMs) as Instant,
    offsetMs: 0,
    rmsDb: -20,
  } as const;
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  box.event("s", 1, asRun);
  box.event("s", 1, asRun);
  await world.time.advance(3_000);
  await world.crash();
  box.connect(2);
  box.event("s", 1, asRun);
  await world.time.advance(3_000);
  expect(world.rows("select occurrence_id from as_run")).toHaveLength(1);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 1 });
});

test("a restored controller takes each event once, and stops asking for those it was told of in an earlier life", async () => {
  const { id: occurrenceId, at } = await scheduleIn(1);
  const asRun = {
    kind: "as-run",
    ...IN_STEP,
    occurrenceId,
    startedAt: at,
    endedAt: at,
    offsetMs: 0,
    rmsDb: null,
  } as const;
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  const sendAll = async () => {
    for (const number of [5, 6, 7]) box.event("s", number, asRun);
    await world.time.advance(5_000);
  };
  await sendAll();
  expect(box.got("received")).toHaveLength(0);
  await world.crash();
  await sendAll();
  await sendAll();
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 7 });
  expect(world.rows("select occurrence_id from as_run")).toHaveLength(3);
});

test("a box is told of its events at most once a second", async () => {
  const { id: occurrenceId, at } = await scheduleIn(1);
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  for (let number = 1; number <= 30; number += 1) {
    box.event("s", number, {
      kind: "as-run",
      ...IN_STEP,
      occurrenceId,
      startedAt: at,
      endedAt: at,
      offsetMs: 0,
      rmsDb: null,
    });
    await world.time.advance(100);
  }
  await world.time.advance(5_000);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 30 });
  expect(box.got("received").length).toBeLessThanOrEqual(5);
});

test("a receipt for something that nobody planned is kept as evidence, counted, and not believed", async () => {
  const occurrence = await scheduleIn(1);
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  const invented = { ...occurrence, id: occurrence.id.replace("news", "other") as OccurrenceId };
  const moved = { ...occurrence, at: (occurrence.at + 3_000) as Instant };
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(invented) });
  box.event("s", 2, { kind: "receipt", receipt: receiptOf(moved) });
  await world.time.advance(3_000);
  expect(world.heart().counters.refused()).toEqual({ "unplanned-occurrence": 2 });
  expect(receiptRows().filter((one) => JSON.stringify(one).includes("heard"))).toEqual([]);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 2 });
});

test("a receipt that another key has signed is not taken", async () => {
  const occurrence = await scheduleIn(1);
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  const event = { kind: "receipt", receipt: receiptOf(occurrence) };
  box.forge("event", { stream: "s", number: 1, event });
  await world.time.advance(3_000);
  expect(world.rows("select number from event")).toHaveLength(0);
  expect(box.got("received")).toHaveLength(0);
  expect(world.heart().counters.refused()).toEqual({ "bad-signature": 1 });
});

test("the silence of a box at a start is seen within a minute, and its own receipt replaces it later", async () => {
  const occurrence = await scheduleIn(10);
  await world.time.advance(10 * minuteMs + 50_000);
  expect(receiptRows()).toEqual([{ occurrence_id: occurrence.id, verdict: "unknown", cause: "offline" }]);
  expect(row()?.lastReceipt).toMatchObject({ verdict: "unknown", cause: "offline" });
  box.connect(1);
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(occurrence) });
  await world.time.advance(3_000);
  expect(receiptRows()).toEqual([{ occurrence_id: occurrence.id, verdict: "heard", cause: null }]);
  expect(row()?.lastReceipt).toMatchObject({ verdict: "heard", cause: null });
});

test("a box that says that it plays is not called silent before the end", async () => {
  const occurrence = await scheduleIn(10);
  box.connect(1);
  await world.time.advance(10 * minuteMs);
  box.status({ k: "air", at: occurrence.at, id: occurrence.id });
  await world.time.advance(40_000);
  box.status({ k: "h", at: 0, r: 1, f: 0, o: 1 });
  await world.time.advance(10_000);
  expect(row()?.onAir).toMatchObject({ occurrenceId: occurrence.id, title: "Bản tin sáng" });
  expect(receiptRows()).toEqual([]);
  await world.time.advance(10_000);
  box.status({ k: "air", at: occurrence.at + minuteMs, id: null });
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(occurrence) });
  await world.time.advance(5 * minuteMs);
  expect(receiptRows()).toEqual([{ occurrence_id: occurrence.id, verdict: "heard", cause: null }]);
});

test("what was due while the controller was down has a receipt afterwards", async () => {
  const occurrence = await scheduleIn(10);
  await world.time.advance(minuteMs);
  const before = world.heart();
  await before.close();
  await world.time.advance(30 * minuteMs);
  await world.crash();
  await world.time.advance(2 * minuteMs);
  expect(receiptRows()).toEqual([{ occurrence_id: occurrence.id, verdict: "unknown", cause: "offline" }]);
});

test("a clock that somebody sets a year ahead makes nothing due that never was", async () => {
  const year = 365 * 24 * 60 * minuteMs;
  await world.addSchedule("daily");
  await world.time.advance(minuteMs);
  world.time.clock.stepWall(year);
  await world.time.advance(5 * minuteMs);
  expect(receiptRows()).toEqual([]);
  world.time.clock.stepWall(-year);
  await world.time.advance(24 * 60 * minuteMs);
  expect(receiptRows()).toHaveLength(1);
});

test("a message that names a day that does not exist harms nobody", async () => {
  const occurrence = await scheduleIn(1);
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  const nowhere = { ...occurrence, id: "news@2026-13-41T05:00:00" as OccurrenceId };
  box.status({ k: "air", at: occurrence.at, id: nowhere.id });
  expect(row()?.onAir).toMatchObject({ occurrenceId: nowhere.id, title: "" });
  box.event("s", 1, { kind: "receipt", receipt: receiptOf(nowhere) });
  box.event("s", 2, { kind: "receipt", receipt: receiptOf(occurrence) });
  await world.time.advance(3_000);
  expect(receiptRows()).toEqual([{ occurrence_id: occurrence.id, verdict: "heard", cause: null }]);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 2 });
});

test("a month's worth of events is taken at once, and a flood is cut off and counted", async () => {
  const { id: occurrenceId, at } = await scheduleIn(1);
  const asRun = {
    kind: "as-run",
    ...IN_STEP,
    occurrenceId,
    startedAt: at,
    endedAt: at,
    offsetMs: 0,
    rmsDb: null,
  } as const;
  box.connect(1);
  await world.time.advance(2.5 * minuteMs);
  for (let number = 1; number <= 400; number += 1) box.event("s", number, asRun);
  await world.time.advance(10_000);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 400 });
  expect(world.heart().counters.refused()).toEqual({});
  for (let number = 401; number <= 1_400; number += 1) box.event("s", number, asRun);
  await world.time.advance(10_000);
  const stored = world.rows("select number from event").length;
  expect(stored).toBeLessThan(1_000);
  expect(world.heart().counters.refused()).toEqual({ "too-fast": 1_400 - stored });
  // What was refused is not lost: the box sends it again, and hears of each when it is stored.
  for (let number = stored + 1; number <= stored + 50; number += 1) box.event("s", number, asRun);
  await world.time.advance(10_000);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: stored + 50 });
});
