import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";

test("a chime of less than half a second sounds whole and is not called missed", async () => {
  const world = await boxWorld();
  const chime = world.addClip("chime", 440);
  world.sendPlan(1, [daily("gio", ["05:00:00"], [chime])], [chime]);
  await world.until(world.at("05:10:00"));
  const [sound, ...others] = world.heard();
  expect(others).toEqual([]);
  expect((sound?.to ?? 0) - (sound?.from ?? 0)).toBe(440);
  expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["played"]);
});
