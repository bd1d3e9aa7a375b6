import { DAY_MS, HOUR_MS, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { rosterWorld } from "../support/roster-world.ts";

const YEARS_MS = 6 * 365 * DAY_MS;

test("a time server years ahead is not followed once the control room has told the time, and that is a fault", async () => {
  const world = await rosterWorld();
  world.box.troubles.timeServersAheadMs = YEARS_MS;
  await world.soon(HOUR_MS);
  expect(world.faults()).toContain("clock-wrong");
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("nor by a box that is switched on under it: the control room is asked before anything is over", async () => {
  const world = await rosterWorld();
  world.box.cutPower();
  world.box.troubles.timeServersAheadMs = YEARS_MS;
  await world.soon(MINUTE_MS);
  world.box.boot();
  await world.soon(2 * MINUTE_MS);
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("a box that heard nothing else for a day comes back by itself with the true time", async () => {
  const world = await rosterWorld();
  world.room.answersTime.value = false;
  world.box.cutPower();
  world.box.troubles.timeServersAheadMs = YEARS_MS;
  await world.soon(MINUTE_MS);
  world.box.boot();
  await world.soon(DAY_MS);
  world.box.troubles.timeServersAheadMs = 0;
  world.box.cutPower();
  await world.soon(MINUTE_MS);
  world.box.boot();
  await world.soon(2 * MINUTE_MS);
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});
