import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";
import { relayItem, relayOf } from "../support/plans.ts";

test("a programme goes to the lines that the plan names, what stands in for it too, an emergency to all of the card", async () => {
  const world = await boxWorld({ beginsAt: "04:50:00" });
  const [news, filler] = [world.addClip("news", 2 * MINUTE_MS), world.addClip("filler", 5 * MINUTE_MS)];
  const vov = relayOf("vov");
  const schedules = [
    daily("sang", ["05:00:00"], [news]),
    daily("tiep-am", ["05:10:00"], [relayItem(vov, 5 * MINUTE_MS)]),
  ];
  world.sendPlan(1, schedules, [news, filler], { relays: [vov], filler: filler.sha256, zones: [2, 3] });
  await world.until(world.at("05:01:00"));
  world.raise();
  await world.until(world.at("05:11:00"));
  world.box.loudspeaker.setRelaysLost(true);
  await world.until(world.at("05:30:00"));
  const told = world.box.loudspeaker.stretches.map(({ source, zones }) => [source.kind, zones]);
  expect(told).toEqual([
    ["clip", [2, 3]],
    ["siren", null],
    ["notice", null],
    ["clip", [2, 3]],
    ["relay", [2, 3]],
    ["clip", [2, 3]],
  ]);
});
