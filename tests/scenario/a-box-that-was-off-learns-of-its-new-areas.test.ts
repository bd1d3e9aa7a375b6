import { areaId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { expect, test } from "vitest";
import { boxWorld } from "../support/box-world.ts";

const [province, merged] = [areaId.parse("tinh"), areaId.parse("xa-cu")];

/** Found by the fuzzer of the inbox: the broker refused the old area, and the box took that for its whole connection. */
test("a box whose commune was merged while it was off comes in, and learns its new areas by its plan", async () => {
  const world = await boxWorld();
  const { time, room } = world;
  const soon = (ms: number) => world.until(plus(time.instant(), ms));
  // The broker knows this box only below the province.
  world.sendPlan(1, [], [], { lineage: [merged, province] });
  await soon(MINUTE_MS);
  world.box.cutPower();
  await soon(HOUR_MS);
  world.sendPlan(2, [], [], { lineage: [province] });
  world.box.boot();
  await soon(MINUTE_MS);
  expect(room.reported.at(-1)?.revision).toBe(2);
  expect(room.broker.stats().connections).toBe(1);
  const stop = room.sealed("stop", { at: time.instant() }, plus(time.instant(), HOUR_MS), {
    audience: { area: province },
  });
  room.broker.publish({ topic: areaTopic(province), payload: stop, qos: 1, retain: false });
  await soon(10 * SECOND_MS);
  expect(room.acks.at(-1)).toMatchObject({ state: "accepted" });
});

test("an area that refuses a box is asked again after a while, without a new plan", async () => {
  const world = await boxWorld();
  const soon = (ms: number) => world.until(plus(world.time.instant(), ms));
  world.sendPlan(1, [], [], { lineage: [merged, province] });
  await soon(MINUTE_MS);
  const before = world.room.broker.stats().refused["subscription-denied"];
  await soon(HOUR_MS);
  const asked = world.room.broker.stats().refused["subscription-denied"] - before;
  expect(asked).toBeGreaterThanOrEqual(2);
  expect(asked).toBeLessThanOrEqual(5);
});
