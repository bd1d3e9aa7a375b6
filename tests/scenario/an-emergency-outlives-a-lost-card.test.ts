import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { type BoxWorld, boxWorld } from "../support/box-world.ts";

/** The siren, the words, and the card that is tried again every five seconds. */
const SAID_WITHIN_MS = 30 * SECOND_MS;

async function worldWithoutCard(): Promise<BoxWorld> {
  const world = await boxWorld({ beginsAt: "04:50:00" });
  world.sendPlan(1, [], []);
  await world.until(world.at("05:00:00"));
  world.box.loudspeaker.failure = "sink-failed";
  return world;
}

const names = (world: BoxWorld) => world.sounds().map(({ what, offsetMs }) => [what, offsetMs]);

describe("an emergency while the card is away", () => {
  /** Red when its place runs on with the clock: after 17 s of a lost card there would be nothing left to say. */
  test("is said whole when the card is back, minutes later", async () => {
    const world = await worldWithoutCard();
    world.raise();
    await world.until(world.at("05:05:00"));
    world.box.loudspeaker.failure = null;
    await world.until(world.at("05:10:00"));
    expect(names(world)).toEqual([
      ["siren", 0],
      ["notice", 0],
    ]);
    expect((world.sounds().at(-1)?.to ?? 0) - world.at("05:05:00")).toBeLessThan(SAID_WITHIN_MS);
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard"]);
  });

  test("is never said after its life", async () => {
    const world = await worldWithoutCard();
    world.raise({ expiresAt: world.at("05:04:00") });
    await world.until(world.at("05:05:00"));
    world.box.loudspeaker.failure = null;
    await world.until(world.at("05:10:00"));
    expect(world.sounds()).toEqual([]);
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["missed"]);
  });
});
