import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";
import { relayItem, relayOf } from "../support/plans.ts";

async function worldWith(
  change: Parameters<Awaited<ReturnType<typeof boxWorld>>["sendPlan"]>[3],
  turnMs = 0,
) {
  const world = await boxWorld({ beginsAt: "04:50:00" });
  const news = world.addClip("news", 2 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [news], { turnMs })], [news], change);
  return { world, news };
}

test("a planned start is as much later as the cluster's alignment says, and is said to be in step", async () => {
  const { world } = await worldWith({ alignDelayMs: 350 });
  await world.until(world.at("05:10:00"));
  expect(Math.abs((world.sounds()[0]?.from ?? 0) - plus(world.at("05:00:00"), 350))).toBeLessThan(60);
  expect(world.asRun()[0]).toMatchObject({ inStep: true, clock: "synced", isFiller: false });
  expect(world.asRun()[0]?.clockErrorMs).toBeLessThanOrEqual(50);
  expect(world.receipts()[0]?.verdict).toBe("heard");
});

test("an emergency waits for no alignment and no turn", async () => {
  const { world } = await worldWith({ alignDelayMs: 2_000 });
  await world.until(world.at("04:55:00"));
  const raised = world.raise();
  await world.until(world.at("04:56:00"));
  expect((world.sounds()[0]?.from ?? 0) - raised.at).toBeLessThan(700);
  expect(world.asRun()[0]?.inStep).toBe(false);
});

test("a box in its turn begins so much later, under the name of its rule's own time", async () => {
  const { world } = await worldWith({}, 3 * MINUTE_MS);
  await world.until(world.at("05:10:00"));
  expect(Math.abs((world.sounds()[0]?.from ?? 0) - world.at("05:03:00"))).toBeLessThan(60);
  expect(world.receipts().map((one) => one.occurrenceId)).toEqual(["sang@2026-11-30T05:00:00"]);
  expect(world.receipts()[0]?.verdict).toBe("heard");
});

test("a box whose clock is not good enough plays all the same, and says that it is out of step", async () => {
  const world = await boxWorld({ beginsAt: "03:00:00" });
  const news = world.addClip("news", 2 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [news])], [news]);
  await world.until(world.at("03:10:00"));
  world.box.troubles.areTimeServersSilent = true;
  await world.until(world.at("05:10:00"));
  const [first] = world.asRun();
  expect(world.receipts()[0]?.verdict).toBe("heard");
  expect(first?.clock).toBe("holdover");
  expect(first?.clockErrorMs).toBeGreaterThan(50);
  expect(first?.inStep).toBe(false);
});

test("a relay that is heard at a fixed delay after its capture waits for the neighbours too", async () => {
  const world = await boxWorld({ beginsAt: "04:50:00" });
  const relay = { ...relayOf("vov"), fixedDelayMs: 12 * SECOND_MS };
  const schedules = [daily("sang", ["05:00:00"], [relayItem(relay, 5 * MINUTE_MS)])];
  world.sendPlan(1, schedules, [], { relays: [relay], alignDelayMs: 400 });
  await world.until(world.at("05:10:00"));
  const [stretch] = world.box.loudspeaker.stretches;
  expect(stretch?.source).toMatchObject({ kind: "relay", relay: { fixedDelayMs: 12_400 } });
});
