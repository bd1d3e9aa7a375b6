import { stopBody } from "@loa/shared/wire/bodies.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { opened } from "../support/box-puppet.ts";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { commune, createHeartWorld, type HeartWorld, operator, province } from "../support/heart-world.ts";

let world: HeartWorld;
beforeEach(async () => {
  world = await createHeartWorld();
});
afterEach(() => world.close());

const onArea = (area: typeof commune) =>
  world.broker.sent
    .filter(({ topic }) => topic === areaTopic(area))
    .map(({ payload }) => opened(payload, world.broker));

test("a STOP goes out once for the whole area, and again to each box that missed it there", async () => {
  const heard = await world.addBox("box-1");
  const missed = await world.addBox("box-2");
  const order = await world.heart().changes.stop(province, operator);
  expect(order.boxes).toBe(2);
  await world.time.advance(100);
  const [stop] = onArea(province);
  expect(stop).toMatchObject({ kind: "stop", id: order.id, audience: { area: province } });
  expect(stopBody.parse(stop?.body)).toEqual({ at: order.at });
  heard.ack(order.id);
  await world.time.advance(5_000);
  expect(heard.got("stop")).toHaveLength(0);
  expect(missed.got("stop").length).toBeGreaterThan(0);
  expect(missed.got("stop")[0]).toMatchObject({ id: order.id, audience: { box: missed.id } });
  missed.ack(order.id);
  const sent = missed.got("stop").length;
  await world.time.advance(120_000);
  expect(missed.got("stop")).toHaveLength(sent);
  expect(onArea(province)).toHaveLength(1);
});

test("a STOP is written down for each box before it is said", async () => {
  await world.addBox("box-1");
  const order = await world.heart().changes.stop(commune, operator);
  await world.crash();
  await world.time.advance(15_000);
  const rows = world.rows("select command_id, state from outbox where kind = 'stop'");
  expect(rows).toEqual([{ command_id: order.id, state: "pending" }]);
});

test("a STOP that was cut off by a crash still reaches its boxes", async () => {
  const box = await world.addBox("box-1");
  const order = await world.heart().changes.stop(commune, operator);
  await world.crash();
  box.connect(1);
  await world.time.advance(1_000);
  expect(box.got("stop").at(-1)).toMatchObject({ id: order.id });
});

test("a STOP that nobody answers ends after an hour, and its row says so", async () => {
  const box = await world.addBox("box-1");
  await world.heart().changes.stop(commune, operator);
  await world.time.advance(3_600_000 + 2_000);
  const sent = box.got("stop").length;
  await world.time.advance(600_000);
  expect(box.got("stop")).toHaveLength(sent);
  expect(world.rows("select state from outbox where kind = 'stop'")).toEqual([{ state: "expired" }]);
});

test("who stops, raises, cancels or corrects is in the record", async () => {
  await world.addBox("box-1");
  const { changes } = world.heart();
  await changes.stop(province, operator);
  await world.time.advance(1_000);
  for (const [id, how] of [
    ["lu", "cancelled"],
    ["nham", "corrected"],
  ] as const) {
    const words = { at: world.time.clock.now(), by: operator, notice: null };
    const { emergency } = await changes.raise(unsignedOrder(id, [commune], words));
    await changes.cancelEmergency(emergency.id, operator, how);
  }
  await changes.testPath(province, operator);
  const rows = world.rows("select act, user_id from audit where user_id is not null order by id");
  const acts = ["stop.ordered", "emergency.raised", "emergency.cancelled", "emergency.raised"];
  expect(rows.slice(-6)).toEqual(
    [...acts, "emergency.corrected", "path-test.sent"].map((act) => ({ act, user_id: operator })),
  );
});
