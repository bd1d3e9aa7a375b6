import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { DeviceFault } from "@loa/simulator/virtual-amplifier/device-model.ts";
import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";

async function morningWith(fault: DeviceFault) {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  world.box.amplifier.setFault(fault);
  await world.until(world.at("05:30:00"));
  return world;
}

test("an-amplifier-that-is-dead-is-never-heard", async () => {
  const world = await morningWith("dead");
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-unreachable"],
  ]);
  expect(world.faults()).toContain("amplifier-unreachable");
});

test("an amplifier that is silent is never heard", async () => {
  const world = await morningWith("silent");
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-silent"],
  ]);
});

/** Red without the read-back: the relay acknowledges every write and does not move. */
test("a-relay-that-only-says-yes-is-not-believed", async () => {
  const world = await morningWith("stuck-relay");
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-refused"],
  ]);
  expect(world.faults()).toContain("amplifier-refused");
});

test("somebody else's device is never switched", async () => {
  const world = await boxWorld();
  world.box.amplifier.setFault("wrong-identity");
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("05:01:00"));
  expect(world.box.amplifier.snapshot().values["amplifier.power"]).toBe(0);
  await world.until(world.at("05:30:00"));
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-wrong-identity"],
  ]);
});

test("the amplifier is on before the first sample and off after its lease", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  const power = () => world.box.amplifier.snapshot().values["amplifier.power"];
  await world.until(world.at("04:55:00"));
  expect(power()).toBe(0);
  await world.until(world.at("05:00:00"));
  expect(power()).toBe(1);
  await world.until(world.at("05:10:00"));
  expect(power()).toBe(0);
});
