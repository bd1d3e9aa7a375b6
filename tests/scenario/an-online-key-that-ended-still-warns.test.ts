import { DAY_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { type RosterWorld, rosterWorld } from "../support/roster-world.ts";
import { signers, signRoster } from "../support/trust-world.ts";

/** Nobody has renewed the roster: the time of the control room's own key is over. */
async function ended(): Promise<RosterWorld> {
  const world = await rosterWorld();
  const keys = world.rosterOf(1).keys.map((key) => {
    if (key.passkey !== null) return key;
    const grants = key.grants.map((grant) => ({ ...grant, to: plus(world.time.instant(), DAY_MS) }));
    return { ...key, grants };
  });
  world.offer(signRoster(world.rosterOf(2, { keys }), signers(2)));
  await world.soon(2 * DAY_MS);
  expect(world.reportedRoster()).toBe(2);
  return world;
}

test("its plans are refused with a reason, and the box says that it goes on with an old one", async () => {
  const world = await ended();
  world.sendPlan(2, [], []);
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("not-allowed");
  expect(world.faults()).toContain("plan-refused");
});

test("what two persons have approved sounds all the same, and one person ends it by STOP", async () => {
  const world = await ended();
  world.raiseApproved({ sirenMs: 60_000 });
  await world.soon();
  expect(world.names()).toEqual(["siren"]);
  world.room.command("stop", { at: world.time.instant() }, MINUTE_MS);
  await world.soon();
  expect(world.answer()).toBe("accepted");
  expect(world.sounds().at(-1)?.to).not.toBeNull();
  expect(world.names()).toEqual(["siren"]);
});

test("also after a power cut, while the box does not know the time", async () => {
  const world = await ended();
  world.box.cutPower();
  world.box.troubles.areTimeServersSilent = true;
  world.room.answersTime.value = false;
  world.box.boot({ wallIs1970: true });
  await world.soon(MINUTE_MS);
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("one that a newer roster names no more is believed in nothing", async () => {
  const world = await ended();
  const keys = world.rosterOf(1).keys.filter(({ passkey }) => passkey !== null);
  world.offer(signRoster(world.rosterOf(3, { keys }), signers(2)));
  await world.soon(MINUTE_MS);
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual([]);
});
