import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld } from "../support/box-world.ts";

/** Red when the life of the update is counted from when the emergency was first heard of. */
test("an emergency that is prolonged lives to its new end in a box that does not know the time", async () => {
  const world = await boxWorld({ beginsAt: "03:00:00" });
  world.sendPlan(1, [], []);
  await world.until(world.at("03:05:00"));
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.cutPower();
  world.box.boot({ wallIs1970: true });
  await world.until(world.at("03:20:00"));
  const raised = world.raise({ times: 100, gapMs: MINUTE_MS, expiresAt: world.at("03:30:00") });
  await world.until(world.at("03:29:00"));
  world.raise({ ...raised, expiresAt: world.at("03:50:00") });
  await world.until(world.at("04:30:00"));
  const last = world.sounds().at(-1)?.to ?? 0;
  expect(last).toBeGreaterThan(world.at("03:48:00"));
  expect(last).toBeLessThanOrEqual(world.at("03:50:01"));
});
