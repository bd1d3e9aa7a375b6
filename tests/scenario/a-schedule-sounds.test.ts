import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";

test("a planned bulletin sounds at its time, is heard, and is reported", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 10 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("05:30:00"));
  const [sound, ...others] = world.heard();
  expect(others).toEqual([]);
  expect(sound?.clip).toBe(clip.sha256);
  expect(Math.abs((sound?.from ?? 0) - world.at("05:00:00"))).toBeLessThanOrEqual(20);
  expect((sound?.to ?? 0) - (sound?.from ?? 0)).toBe(10 * MINUTE_MS);
  expect(world.receipts().map(({ verdict, cause }) => ({ verdict, cause }))).toEqual([
    { verdict: "heard", cause: null },
  ]);
});
