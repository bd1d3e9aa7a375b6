import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { type BoxWorld, boxWorld } from "../support/box-world.ts";

async function worldWithPlan(): Promise<BoxWorld> {
  const world = await boxWorld({ beginsAt: "04:50:00" });
  world.sendPlan(1, [], []);
  await world.until(world.at("04:52:00"));
  return world;
}

const names = (world: BoxWorld) => world.sounds().map((one) => one.what);
const twoRounds = ["siren", "notice", "siren", "notice"];

describe("an emergency around which the agent is killed", () => {
  test.for([18, 20, 23, 31, 45])(
    "is not said again after a kill %i s after it began, in its silence",
    async (s) => {
      const world = await worldWithPlan();
      world.raise({ times: 2, gapMs: MINUTE_MS });
      await world.until(plus(world.at("04:52:00"), s * SECOND_MS));
      expect(names(world)).toEqual(["siren", "notice"]);
      world.box.crashAgent();
      await world.until(world.at("04:57:00"));
      expect(names(world)).toEqual(twoRounds);
    },
  );

  test("is not said again by a box that nobody has told the time since", async () => {
    const world = await worldWithPlan();
    world.room.answersTime.value = false;
    world.box.troubles.areTimeServersSilent = true;
    world.box.cutPower();
    world.box.boot({ wallIs1970: true });
    await world.until(world.at("04:54:00"));
    world.raise({ times: 2 });
    await world.until(world.at("04:54:12"));
    world.box.crashAgent();
    await world.until(world.at("04:58:00"));
    // Siren and some of the words; the words again; and the second round.
    expect(names(world)).toEqual(["siren", "notice", "notice", "siren", "notice"]);
  });

  test("waits for a sound engine that is slow to start: nothing of it goes by unheard", async () => {
    const world = await worldWithPlan();
    world.raise();
    await world.until(world.at("04:52:05"));
    world.box.loudspeaker.engineFrom = world.time.now() + 30 * SECOND_MS;
    world.box.crashAgent();
    await world.until(world.at("04:55:00"));
    expect(names(world)).toEqual(["siren", "siren", "notice"]);
    const [, siren] = world.sounds();
    expect((siren?.to ?? 0) - (siren?.from ?? 0)).toBe(8 * SECOND_MS);
    expect(world.receipts()[0]?.verdict).toBe("heard");
  });
});
