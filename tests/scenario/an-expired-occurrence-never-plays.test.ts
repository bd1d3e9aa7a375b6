import { HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";

test("an-expired-occurrence-never-plays: the box was off while it was due", async () => {
  const world = await boxWorld({ hasBatteryClock: true });
  const clip = world.addClip("news", 10 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:50:00"));
  world.box.cutPower();
  await world.until(world.at("05:21:00"));
  world.box.boot();
  await world.until(world.at("06:00:00"));
  expect(world.heard()).toEqual([]);
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([["missed", "power-cut"]]);
});

/** Red without the expiry check: it would go on with the rest that it still owes. */
test("an-interrupted-bulletin-does-not-go-on-hours-later", async () => {
  const world = await boxWorld({ hasBatteryClock: true });
  const news = world.addClip("news", 10 * MINUTE_MS);
  const warning = world.addClip("warning", 10 * MINUTE_MS);
  world.sendPlan(
    1,
    [daily("sang", ["05:00:00"], [news]), daily("canh-bao", ["05:02:00"], [warning], { class: "priority" })],
    [news, warning],
  );
  await world.until(world.at("05:05:00"));
  world.box.cutPower();
  await world.until(world.at("07:00:00"));
  const before = world.heard().length;
  world.box.boot();
  await world.until(world.at("09:00:00"));
  expect(world.heard()).toHaveLength(before);
});

test("a stop that comes after its expiry is refused and says so", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 10 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  const late = world.room.sealed("stop", { at: world.at("05:01:00") }, plus(world.at("04:30:00"), MINUTE_MS));
  await world.until(world.at("05:02:00"));
  world.room.broker.publish({ topic: "loa/v1/box/cum-1/command", payload: late, qos: 1, retain: false });
  await world.until(plus(world.at("05:00:00"), HOUR_MS));
  expect(world.room.acks.find(({ state }) => state === "refused")?.reason).toBe("expired");
  expect((world.heard()[0]?.to ?? 0) - world.at("05:00:00")).toBeGreaterThan(9 * MINUTE_MS);
});
