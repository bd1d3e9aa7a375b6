import { DAY_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { boxWorld } from "../support/box-world.ts";

/** A box whose battery clock is two years ahead, and that nobody has told the time since it was switched on. */
async function worldAhead() {
  const world = await boxWorld({ beginsAt: "03:00:00", hasBatteryClock: true });
  world.sendPlan(1, [], []);
  await world.until(world.at("03:05:00"));
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.cutPower();
  world.box.boot();
  world.box.clock.stepWall(2 * 365 * DAY_MS);
  await world.until(world.at("03:20:00"));
  return world;
}

describe("a battery clock that is two years ahead", () => {
  test("silences no emergency, which ends after its life", async () => {
    const world = await worldAhead();
    const raised = world.raise({ times: 100, gapMs: MINUTE_MS, expiresAt: world.at("03:35:00") });
    await world.until(world.at("04:30:00"));
    expect(world.room.acks.at(-1)?.state).toBe("accepted");
    expect((world.sounds()[0]?.from ?? 0) - raised.at).toBeLessThan(SECOND_MS);
    const last = world.sounds().at(-1)?.to ?? 0;
    expect(last).toBeGreaterThan(world.at("03:33:00"));
    expect(last).toBeLessThanOrEqual(plus(world.at("03:35:00"), SECOND_MS));
    const receipt = world.receipts().at(-1);
    expect(receipt?.verdict).toBe("heard");
    expect(receipt?.evidence.startErrorMs).toBeLessThan(SECOND_MS);
  });

  test("lets an emergency be said once, and does not forget that it was", async () => {
    const world = await worldAhead();
    world.raise({ expiresAt: world.at("05:00:00") });
    await world.until(world.at("06:00:00"));
    expect(world.sounds().map(({ what }) => what)).toEqual(["siren", "notice"]);
  });

  test("keeps no emergency from being cancelled", async () => {
    const world = await worldAhead();
    const raised = world.raise({ times: 100, expiresAt: world.at("05:00:00") });
    await world.until(world.at("03:21:00"));
    world.cancel(raised);
    await world.until(world.at("04:00:00"));
    const last = world.sounds().at(-1)?.to ?? 0;
    expect(last).toBeGreaterThan(world.at("03:20:50"));
    expect(last).toBeLessThan(world.at("03:21:01"));
  });

  test("that is put right in the middle of an emergency changes nothing of it", async () => {
    const world = await worldAhead();
    world.raise({ times: 100, gapMs: MINUTE_MS, expiresAt: world.at("03:35:00") });
    await world.until(world.at("03:25:00"));
    world.box.troubles.areTimeServersSilent = false;
    await world.until(world.at("04:30:00"));
    const last = world.sounds().at(-1)?.to ?? 0;
    expect(last).toBeGreaterThan(world.at("03:33:00"));
    expect(last).toBeLessThanOrEqual(plus(world.at("03:35:00"), SECOND_MS));
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard"]);
  });

  test("set only after the emergency has come does not end it", async () => {
    const world = await boxWorld({ beginsAt: "03:00:00", hasBatteryClock: true });
    world.sendPlan(1, [], []);
    await world.until(world.at("03:05:00"));
    world.room.answersTime.value = false;
    world.box.troubles.areTimeServersSilent = true;
    const raised = world.raise({ times: 100, gapMs: MINUTE_MS, expiresAt: world.at("03:35:00") });
    await world.until(world.at("03:10:00"));
    world.box.cutPower();
    world.box.boot();
    world.box.clock.stepWall(2 * 365 * DAY_MS);
    await world.until(world.at("04:30:00"));
    const last = world.sounds().at(-1)?.to ?? 0;
    expect(raised.at).toBe(world.at("03:05:00"));
    expect(last).toBeGreaterThan(world.at("03:33:00"));
    expect(last).toBeLessThanOrEqual(plus(world.at("03:36:00"), 5 * MINUTE_MS));
  });
});
