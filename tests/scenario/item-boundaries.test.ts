import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";
import { clipItem, relayItem, relayOf } from "../support/plans.ts";

/** What was begun and at once displaced fades away beside what displaced it. */
const fadesMs = 400;

describe("a programme that wants the loudspeaker on the very second at which an item of another one begins", () => {
  test.each([
    { itsClass: "priority", order: 100 },
    { itsClass: "normal", order: 100 },
    { itsClass: "normal", order: 1 },
  ] as const)("is never heard together with it: $itsClass, order $order", async ({ itsClass, order }) => {
    const world = await boxWorld({ beginsAt: "04:50:00" });
    const [opening, closing, other] = [
      world.addClip("opening", MINUTE_MS),
      world.addClip("closing", MINUTE_MS),
      world.addClip("other", 4 * MINUTE_MS),
    ];
    const vov = relayOf("vov");
    const items = [clipItem(opening), relayItem(vov, 3 * MINUTE_MS), clipItem(closing)];
    const schedules = [
      daily("relay", ["05:00:00"], items, { order: 6 }),
      daily("other", ["05:04:00"], [other], { class: itsClass, order }),
    ];
    world.sendPlan(1, schedules, [opening, closing, other], { relays: [vov] });
    await world.until(world.at("05:20:00"));
    const sounds = world.sounds();
    const overlaps = sounds.flatMap((one, index) =>
      sounds.slice(index + 1).filter((two) => two.from >= one.from && two.from < (one.to ?? 0) - fadesMs),
    );
    expect(overlaps).toEqual([]);
    expect(sounds.map(({ what }) => what)).toEqual(
      expect.arrayContaining([opening, closing, other].map(({ sha256 }) => sha256)),
    );
  });
});
