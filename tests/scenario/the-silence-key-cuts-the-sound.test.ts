import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { type BoxWorld, boxWorld, daily } from "../support/box-world.ts";
import { withContacts } from "../support/roster-world.ts";

/** Twenty minutes of news at five, at a box with a key. */
async function worldWithKey() {
  const world = await boxWorld({ beginsAt: "04:50:00", profile: withContacts });
  const news = world.addClip("news", 20 * MINUTE_MS);
  const noon = world.addClip("noon", 2 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [news]), daily("trua", ["05:45:00"], [noon])], [news, noon]);
  await world.until(world.at("05:02:00"));
  return { world, news, noon };
}

const turn = (world: BoxWorld, value: 0 | 1) => world.box.amplifier.set("cabinet.silence", value);
const isSounding = (world: BoxWorld) => world.sounds().some(({ to }) => to === null);

test("turned, it cuts the bulletin within a poll, and somebody hears of it; turned back, the bulletin goes on", async () => {
  const { world } = await worldWithKey();
  turn(world, 1);
  await world.until(world.at("05:02:10"));
  expect(isSounding(world)).toBe(false);
  await world.until(world.at("05:03:00"));
  expect(world.faults()).toContain("silenced-locally");
  turn(world, 0);
  await world.until(world.at("05:03:40"));
  expect(isSounding(world)).toBe(true);
  await world.until(world.at("05:04:30"));
  expect(world.faults()).not.toContain("silenced-locally");
});

test("it stands above every rung: an actual emergency waits too, and is said half an hour later at the latest", async () => {
  const { world } = await worldWithKey();
  turn(world, 1);
  await world.until(world.at("05:03:00"));
  const before = world.sounds().length;
  world.raise({ expiresAt: world.at("06:30:00") });
  await world.until(world.at("05:31:00"));
  expect(world.sounds()).toHaveLength(before);
  await world.until(world.at("05:34:00"));
  expect(
    world
      .sounds()
      .slice(before)
      .map(({ what }) => what),
  ).toEqual(["siren", "notice"]);
  expect((world.sounds()[before]?.from ?? 0) - world.at("05:02:00")).toBeLessThan(
    30 * MINUTE_MS + 15 * SECOND_MS,
  );
});

test("a key that stays turned holds no longer: it counts again after it was turned back", async () => {
  const { world, noon } = await worldWithKey();
  turn(world, 1);
  await world.until(world.at("05:45:30"));
  expect(world.sounds().at(-1)?.what).toBe(noon.sha256);
  expect(isSounding(world)).toBe(true);
  turn(world, 0);
  await world.until(world.at("05:45:45"));
  turn(world, 1);
  await world.until(world.at("05:46:00"));
  expect(isSounding(world)).toBe(false);
});

test("a restart and a power cut do not end it, nor make it longer", async () => {
  const { world } = await worldWithKey();
  turn(world, 1);
  await world.until(world.at("05:03:00"));
  world.box.crashAgent();
  await world.until(world.at("05:04:00"));
  world.box.cutPower();
  await world.until(world.at("05:04:30"));
  world.box.boot();
  turn(world, 1);
  await world.until(world.at("05:06:00"));
  expect(isSounding(world)).toBe(false);
  expect(world.faults()).toContain("silenced-locally");
  await world.until(world.at("05:34:00"));
  expect(world.faults()).not.toContain("silenced-locally");
});

test("what was due under it says so in its receipt", async () => {
  const { world } = await worldWithKey();
  turn(world, 1);
  await world.until(world.at("06:00:00"));
  const receipt = world.receipts().find(({ occurrenceId }) => occurrenceId.startsWith("sang"));
  expect([receipt?.verdict, receipt?.cause]).toEqual(["partial", "silenced-locally"]);
});
