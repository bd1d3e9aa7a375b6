import { HOUR_MS, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { rosterWorld } from "../support/roster-world.ts";
import { signers, signRoster } from "../support/trust-world.ts";

/** A box that was off for an hour, comes back in 1970, and finds nobody who tells it the time. */
async function worldWithoutClock(withoutClock: "accept" | "refuse") {
  const world = await rosterWorld({ config: { withoutClock } });
  await world.soon(10 * MINUTE_MS);
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.cutPower();
  await world.soon(HOUR_MS);
  world.box.boot({ wallIs1970: true });
  await world.soon(2 * MINUTE_MS);
  return world;
}

test("not to miss an emergency: it is accepted, by approvals alone, and said", async () => {
  const world = await worldWithoutClock("accept");
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("accepted");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("not to say one too many: it is refused until somebody has told the time", async () => {
  const world = await worldWithoutClock("refuse");
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("not-yet-valid");
  expect(world.names()).toEqual([]);
  world.box.troubles.areTimeServersSilent = false;
  await world.soon(20 * MINUTE_MS);
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("approvers whose days were over before the dark approve nothing, by any clock", async () => {
  const world = await worldWithoutClock("accept");
  const { keys } = world.rosterOf(2);
  const over = keys.map((key) => ({
    ...key,
    grants:
      key.id === "ba" ? key.grants.map((grant) => ({ ...grant, to: world.at("04:40:00") })) : key.grants,
  }));
  world.offer(signRoster(world.rosterOf(2, { keys: over }), signers(2)));
  await world.soon();
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("not-approved");
});
