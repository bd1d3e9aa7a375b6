import { addDays, DAY_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily, heardTwice, MONDAY } from "../support/box-world.ts";

const DAYS = 30;

test("thirty-days-without-network: every bulletin sounds, and every receipt arrives afterwards", {
  timeout: 60_000,
}, async () => {
  const world = await boxWorld({ hasBatteryClock: true });
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  world.box.link.setCut("both");
  await world.until(world.at("12:00:00", addDays(MONDAY, 10)));
  world.box.cutPower();
  await world.until(world.at("12:30:00", addDays(MONDAY, 10)));
  world.box.boot();
  await world.until(plus(world.at("04:30:00"), DAYS * DAY_MS));
  expect(world.heard()).toHaveLength(DAYS);
  expect(heardTwice(world.heard())).toEqual([]);
  for (const [day, sound] of world.heard().entries()) {
    const due = world.at("05:00:00", addDays(MONDAY, day));
    expect(Math.abs(sound.from - due)).toBeLessThan(60 * SECOND_MS);
  }
  expect(world.receipts()).toEqual([]);
  world.box.link.setCut("none");
  await world.until(plus(world.at("04:55:00"), DAYS * DAY_MS));
  expect(world.receipts()).toHaveLength(DAYS);
});
