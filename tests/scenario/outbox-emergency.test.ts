import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import type { Evidence } from "@loa/shared/broadcast/receipt.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { emergencyBody } from "@loa/shared/wire/bodies.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { opened } from "../support/box-puppet.ts";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { emptyDisk, fillDisk } from "../support/full-disk.ts";
import { commune, createHeartWorld, type HeartWorld, operator, province } from "../support/heart-world.ts";

let world: HeartWorld;
beforeEach(async () => {
  world = await createHeartWorld();
});
afterEach(() => world.close());

const onArea = (area: typeof commune) =>
  world.broker.sent
    .filter(({ topic }) => topic === areaTopic(area))
    .map(({ payload }) => opened(payload, world.broker))
    .filter(({ kind }) => kind !== "test");

const notice = { sha256: "d".repeat(64) as Sha256, sizeBytes: 80_000, durationMs: 10_000, gainDb: 0 };

const raise = (id: string, areas = [commune]) =>
  world.heart().changes.raise(unsignedOrder(id, areas, { at: world.time.clock.now(), by: operator, notice }));

const states = () =>
  world.rows(
    "select box_id, kind, state from outbox where kind in ('emergency', 'cancel') order by box_id, kind",
  );

const evidence: Evidence = {
  dueMs: 36_000,
  playedMs: 36_000,
  startErrorMs: 180,
  mixerDb: -12,
  amplifierOn: true,
  amplifierDb: -14,
  amplifierMeterPercent: null,
  gainDb: null,
  lineCurrentA: null,
  microphoneDb: null,
  microphoneMatch: null,
  unmeasuredMs: 0,
  provenAgeMs: 400,
  clock: "synced",
  clockErrorMs: 4,
};

test("an emergency goes out at once, once for each area, and again to each box that missed it there", async () => {
  const heard = await world.addBox("box-1");
  const missed = await world.addBox("box-2");
  const { emergency, command } = await raise("flood", [province]);
  // Nothing had to pass in between: not even a timer of zero.
  const [said] = onArea(province);
  expect(said).toMatchObject({
    kind: "emergency",
    id: command,
    audience: { area: province },
    expiresAt: plus(emergency.at, 6 * HOUR_MS),
  });
  expect(emergencyBody.parse(said?.body)).toEqual({ emergency });
  heard.ack(command);
  await world.time.advance(10_000);
  expect(heard.got("emergency")).toHaveLength(0);
  expect(missed.got("emergency")[0]).toMatchObject({ id: command, audience: { box: missed.id } });
  missed.ack(command);
  await world.time.advance(2_000);
  const sent = missed.got("emergency").length;
  await world.time.advance(10 * MINUTE_MS);
  expect(missed.got("emergency")).toHaveLength(sent);
  expect(onArea(province)).toHaveLength(1);
  expect(states()).toEqual([
    { box_id: "box-1", kind: "emergency", state: "accepted" },
    { box_id: "box-2", kind: "emergency", state: "accepted" },
  ]);
});

test("a box that comes back hours later hears of it on its own topic, and not any more when it is over", async () => {
  const late = await world.addBox("box-1");
  const gone = await world.addBox("box-2");
  const { command } = await raise("flood");
  await world.time.advance(5 * HOUR_MS);
  late.connect(1);
  await world.time.advance(100);
  expect(late.got("emergency").at(-1)).toMatchObject({ id: command });
  late.ack(command);
  await world.time.advance(HOUR_MS + 5_000);
  const sent = gone.got("emergency").length;
  gone.connect(1);
  await world.time.advance(MINUTE_MS);
  expect(gone.got("emergency")).toHaveLength(sent);
  expect(states()).toEqual([
    { box_id: "box-1", kind: "emergency", state: "accepted" },
    { box_id: "box-2", kind: "emergency", state: "expired" },
  ]);
});

test("what was cancelled is said to nobody after a crash, though its rows were not ended yet", async () => {
  const box = await world.addBox("box-1");
  const { emergency } = await raise("flood");
  await world.heart().changes.cancelEmergency(emergency.id, operator, "cancelled");
  await world.crash();
  expect(states()).toContainEqual({ box_id: "box-1", kind: "emergency", state: "pending" });
  const before = box.got("emergency").length;
  box.connect(1);
  await world.time.advance(MINUTE_MS);
  expect(box.got("emergency")).toHaveLength(before);
  expect(box.got("cancel").length).toBeGreaterThan(0);
});

test("a box that is enrolled during an emergency hears of it", async () => {
  await world.addBox("box-1");
  const { command } = await raise("flood");
  await world.time.advance(MINUTE_MS);
  const fresh = await world.addBox("box-2");
  await world.time.advance(1_000);
  expect(fresh.got("emergency")[0]).toMatchObject({ id: command });
});

test("a box that has not heard its plan or the newest roster yet hears the emergency again when it has", async () => {
  const box = await world.addBox("box-1");
  const { command } = await raise("flood");
  await world.time.advance(HOUR_MS);
  box.connect(1);
  await world.time.advance(100);
  const sent = box.got("emergency").length;
  box.ack(command, { state: "refused", reason: "wrong-audience" });
  await world.time.advance(MINUTE_MS);
  expect(box.got("emergency").length).toBeGreaterThan(sent);
  box.ack(command, { state: "refused", reason: "not-approved" });
  await world.time.advance(MINUTE_MS);
  box.ack(command);
  await world.time.advance(2_000);
  expect(states()).toEqual([{ box_id: "box-1", kind: "emergency", state: "accepted" }]);
});

test("a box that goes on refusing it is counted as one that has refused", async () => {
  const box = await world.addBox("box-1");
  const { command } = await raise("flood");
  await world.time.advance(HOUR_MS);
  for (let answers = 0; answers < 5; answers += 1) {
    box.ack(command, { state: "refused", reason: "not-approved" });
    await world.time.advance(MINUTE_MS);
  }
  expect(states()).toEqual([{ box_id: "box-1", kind: "emergency", state: "refused" }]);
});

test("an emergency that was cut off by a crash reaches its boxes all the same", async () => {
  const box = await world.addBox("box-1");
  const { command } = await raise("flood");
  // The rows of the boxes are not in the store yet, the emergency is.
  await world.crash();
  box.connect(1);
  await world.time.advance(1_000);
  expect(box.got("emergency").at(-1)).toMatchObject({ id: command });
  box.ack(command);
  await world.time.advance(5_000);
  await world.crash();
  const sent = box.got("emergency").length;
  box.connect(2);
  await world.time.advance(MINUTE_MS);
  expect(box.got("emergency")).toHaveLength(sent);
});

test("a cancelled emergency is told to nobody any more, and its end to everybody", async () => {
  const heard = await world.addBox("box-1");
  const silent = await world.addBox("box-2");
  const { emergency, command } = await raise("flood");
  heard.ack(command);
  const cancelled = await world.heart().changes.cancelEmergency(emergency.id, operator, "cancelled");
  const cancel = onArea(commune).at(-1);
  expect(cancel).toMatchObject({
    kind: "cancel",
    id: cancelled?.cancelled?.command,
    body: { emergency: "flood" },
  });
  expect(await world.heart().changes.cancelEmergency(emergency.id, operator, "cancelled")).toBeNull();
  const sent = silent.got("emergency").length;
  await world.time.advance(HOUR_MS);
  silent.connect(1);
  await world.time.advance(1_000);
  expect(silent.got("emergency")).toHaveLength(sent);
  expect(silent.got("cancel").length).toBeGreaterThan(0);
  silent.ack(cancel?.id ?? "");
  heard.ack(cancel?.id ?? "");
  await world.time.advance(5_000);
  expect(states()).toEqual([
    { box_id: "box-1", kind: "cancel", state: "accepted" },
    { box_id: "box-1", kind: "emergency", state: "accepted" },
    { box_id: "box-2", kind: "cancel", state: "accepted" },
    { box_id: "box-2", kind: "emergency", state: "replaced" },
  ]);
});

test("a STOP voids the emergencies before it, however long a box stays away, and none that come later", async () => {
  const box = await world.addBox("box-1");
  const { command } = await raise("flood");
  await world.time.advance(1_000);
  const stop = await world.heart().changes.stop(commune, operator);
  const sent = box.got("emergency").length;
  // Longer than a STOP is told when nothing else goes on.
  await world.time.advance(3 * HOUR_MS);
  await world.crash();
  box.connect(1);
  await world.time.advance(1_000);
  expect(box.got("emergency")).toHaveLength(sent);
  expect(box.got("stop").at(-1)).toMatchObject({ id: stop.id });
  const later = await raise("again");
  expect(later.command).not.toBe(command);
  await world.time.advance(5_000);
  expect(box.got("emergency").at(-1)).toMatchObject({ id: later.command });
});

test("a full disk delays no emergency, and it is in the books when there is room", async () => {
  const box = await world.addBox("box-1");
  await fillDisk(world.db());
  // The first ones may still find room.
  const raised = [];
  for (let count = 0; count < 40; count += 1) raised.push(await raise(`flood-${count}`));
  expect(onArea(commune).map((one) => one.id)).toEqual(raised.map((one) => one.command));
  expect(world.rows("select id from emergency").length).toBeLessThan(raised.length);
  for (const one of raised) box.ack(one.command);
  await world.time.advance(5_000);
  await emptyDisk(world.db());
  await world.time.advance(10_000);
  expect(world.rows("select id from emergency")).toHaveLength(raised.length);
  expect(world.rows("select id from audit where act = 'emergency.raised'")).toHaveLength(raised.length);
  expect(world.rows("select distinct state from outbox where kind = 'emergency'")).toEqual([
    { state: "accepted" },
  ]);
});

test("what boxes say of an emergency is believed from its own areas only, and shown by its headline", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  const { emergency, command } = await raise("flood");
  box.ack(command);
  const { id: occurrenceId } = occurrenceOf(emergency);
  box.status({ k: "air", id: occurrenceId, at: plus(emergency.at, 900) });
  await world.time.advance(2_000);
  expect(world.heart().fleet.now(box.id)?.row.onAir).toMatchObject({
    occurrenceId,
    title: "Lũ về, di dời ngay",
    emergency: "actual",
  });
  expect(world.rows("select box_id, at from emergency_sound")).toEqual([
    { box_id: "box-1", at: emergency.at + 900 },
  ]);
  await world.time.advance(40_000);
  box.event("s", 1, {
    kind: "receipt",
    receipt: {
      occurrenceId,
      dueAt: emergency.at,
      verdict: "heard",
      cause: null,
      evidence,
      at: world.time.clock.now(),
    },
  });
  await world.time.advance(3_000);
  expect(world.rows("select source_id, verdict from receipt")).toEqual([
    { source_id: "flood", verdict: "heard" },
  ]);
  expect(world.heart().fleet.now(box.id)?.row.lastReceipt).toMatchObject({ title: "Lũ về, di dời ngay" });
  const made = occurrenceId.replace("flood", "never-raised") as typeof occurrenceId;
  box.event("s", 2, {
    kind: "receipt",
    receipt: {
      occurrenceId: made,
      dueAt: emergency.at,
      verdict: "heard",
      cause: null,
      evidence,
      at: emergency.at,
    },
  });
  await world.time.advance(3_000);
  expect(world.rows("select source_id from receipt")).toHaveLength(1);
  expect(world.heart().counters.refused()).toEqual({ "unplanned-occurrence": 1 });
});

test("a box that never tells of an emergency is said to be unknown, with the cause, within a minute", async () => {
  await world.addBox("box-1");
  const silent = await world.addBox("box-2");
  silent.connect(1);
  const beat = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 15) {
      silent.status({ k: "h", at: 1_795_402_947, r: 0, f: 0, o: 0 });
      await world.time.advance(15_000);
    }
  };
  await beat(60);
  await raise("flood");
  await beat(60);
  expect(world.rows("select box_id, verdict, cause from receipt order by box_id")).toEqual([
    { box_id: "box-1", verdict: "unknown", cause: "offline" },
    { box_id: "box-2", verdict: "unknown", cause: "no-report" },
  ]);
});
