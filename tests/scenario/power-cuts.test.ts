import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily, heardTwice } from "../support/box-world.ts";

async function worldWithBulletin(options: Parameters<typeof boxWorld>[0] = {}) {
  const world = await boxWorld({ hasBatteryClock: true, ...options });
  const clip = world.addClip("news", 10 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  return { world, clip };
}

test("a-power-cut-mid-bulletin-does-not-repeat-it", async () => {
  const { world } = await worldWithBulletin();
  await world.until(world.at("05:04:00"));
  world.box.cutPower();
  await world.until(world.at("05:05:00"));
  world.box.boot();
  await world.until(world.at("05:30:00"));
  const [first, second] = world.heard();
  expect(first?.offsetMs).toBe(0);
  // It goes on where the broadcast is by then.
  expect(Math.abs((second?.offsetMs ?? 0) - 5 * MINUTE_MS)).toBeLessThan(2 * SECOND_MS);
  expect(heardTwice(world.heard())).toEqual([]);
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([["partial", "power-cut"]]);
});

test.for([
  ["before", "lost"],
  ["after", "kept"],
] as const)(
  "a-power-cut-between-saved-and-played-does-not-play-twice: cut %s the note was durable, which is %s",
  async ([moment]) => {
    const { world } = await worldWithBulletin();
    await world.until(world.at("04:59:00"));
    world.box.cutPowerAtCommit(moment, () => world.time.after(500, () => world.box.boot()));
    await world.until(world.at("05:30:00"));
    expect(world.heard().length).toBeGreaterThan(0);
    expect(heardTwice(world.heard())).toEqual([]);
    expect(world.receipts()).toHaveLength(1);
  },
);

/** Red without the durable note before the sound: the agent would think that nothing had sounded yet. */
test("a-crash-in-the-first-second-does-not-begin-again", async () => {
  const { world } = await worldWithBulletin();
  await world.until(plus(world.at("05:00:00"), SECOND_MS));
  world.box.crashAgent();
  await world.until(world.at("05:30:00"));
  expect(world.heard()).toHaveLength(2);
  expect(heardTwice(world.heard())).toEqual([]);
  expect(world.heard()[1]?.offsetMs).toBeGreaterThan(0.9 * SECOND_MS);
});

test("a box that crashes every ten seconds plays every second of the bulletin at most once", async () => {
  const { world } = await worldWithBulletin();
  for (let second = -60; second < 660; second += 10) {
    await world.until(plus(world.at("05:00:00"), second * SECOND_MS));
    world.box.crashAgent();
  }
  await world.until(world.at("05:30:00"));
  expect(heardTwice(world.heard())).toEqual([]);
  expect(world.receipts()).toHaveLength(1);
});
