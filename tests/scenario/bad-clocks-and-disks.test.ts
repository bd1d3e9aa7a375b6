import { addDays, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily, MONDAY } from "../support/box-world.ts";

test("a-clock-at-1970-plays-nothing-until-time-is-trusted-and-says-why", async () => {
  const world = await boxWorld({ hasBatteryClock: false });
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.cutPower();
  world.box.boot({ wallIs1970: true });
  await world.until(world.at("06:00:00"));
  expect(world.heard()).toEqual([]);
  expect(world.faults()).toContain("clock-untrusted");
  world.room.answersTime.value = true;
  world.network.restartBroker();
  await world.until(world.at("07:00:00"));
  expect(world.faults()).not.toContain("clock-untrusted");
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "clock-untrusted"],
  ]);
  await world.until(world.at("05:30:00", addDays(MONDAY, 1)));
  expect(world.heard()).toHaveLength(1);
});

test("a clock that jumps by a year moves nothing on the air", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  world.box.troubles.areTimeServersSilent = true;
  world.box.clock.stepWall(365 * 24 * 3_600_000);
  await world.until(world.at("05:30:00"));
  const [sound] = world.heard();
  expect(world.heard()).toHaveLength(1);
  expect(Math.abs((sound?.from ?? 0) - world.at("05:00:00"))).toBeLessThan(250);
  expect(world.faults()).toContain("clock-wrong");
});

test("a-full-disk-says-disk-full", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  world.box.disk.failure = "disk-full";
  await world.until(world.at("05:30:00"));
  // Nothing sounds that could not be written down first.
  expect(world.heard()).toEqual([]);
  expect(world.faults()).toContain("disk-full");
  world.box.disk.failure = null;
  await world.until(world.at("06:00:00"));
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([["missed", "disk-full"]]);
  expect(world.faults()).not.toContain("disk-full");
});

test("a clip that arrives broken is fetched again and never played broken", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.box.folder.trouble = "corrupt";
  world.sendPlan(1, [daily("sang", ["05:00:00", "06:00:00"], [clip])], [clip]);
  await world.until(world.at("05:30:00"));
  expect(world.heard()).toEqual([]);
  expect(world.faults()).toContain("content-missing");
  world.box.folder.trouble = null;
  await world.until(world.at("06:30:00"));
  expect(world.heard()).toHaveLength(1);
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "content-missing"],
    ["heard", null],
  ]);
});

test("what a full disk made the box forget is never mistaken for what it tells later", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["04:15:00", "05:00:00", "06:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  world.box.disk.failure = "disk-full";
  await world.until(world.at("05:30:00"));
  // The receipt of 05:00 was told and could not be written down; now the box forgets that it ever told it.
  world.box.cutPower();
  world.box.disk.failure = null;
  await world.until(world.at("05:31:00"));
  world.box.boot();
  await world.until(world.at("06:30:00"));
  expect(world.room.reused).toEqual([]);
  expect(world.receipts().map(({ verdict }) => verdict)).toContain("heard");
});
