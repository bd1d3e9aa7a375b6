import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld } from "../support/box-world.ts";
import { approved, localOrderOf, rosterWorld, withContacts } from "../support/roster-world.ts";

test("a battery clock that is an hour slow: a STOP ends the emergency that is on the air", async () => {
  const world = await boxWorld({ beginsAt: "03:00:00", hasBatteryClock: true });
  world.sendPlan(1, [], []);
  await world.until(world.at("03:05:00"));
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.cutPower();
  await world.until(world.at("05:00:00"));
  world.box.boot();
  world.box.clock.stepWall(-HOUR_MS);
  await world.until(world.at("05:10:00"));
  world.raise({ times: 100 });
  await world.until(world.at("05:10:30"));
  expect(world.sounds().length).toBeGreaterThan(0);
  world.stop(world.time.instant());
  await world.until(world.at("05:20:00"));
  expect(world.room.acks.at(-1)?.state).toBe("accepted");
  expect(world.sounds().at(-1)?.to ?? Number.POSITIVE_INFINITY).toBeLessThan(world.at("05:10:32"));
});

test("a control room whose clock is half a minute ahead: a STOP ends what it has just raised", async () => {
  const world = await boxWorld();
  world.sendPlan(1, [], []);
  await world.until(world.at("04:10:00"));
  const aheadMs = 30 * SECOND_MS;
  world.raise({ times: 100, at: plus(world.time.instant(), aheadMs) });
  await world.until(world.at("04:10:10"));
  expect(world.sounds().length).toBeGreaterThan(0);
  world.stop(plus(world.time.instant(), aheadMs));
  await world.until(world.at("04:20:00"));
  expect(world.room.acks.at(-1)?.state).toBe("accepted");
  expect(world.sounds().at(-1)?.to ?? Number.POSITIVE_INFINITY).toBeLessThan(world.at("04:10:12"));
});

test("a STOP for a far time is one of now: the emergency after it is said", async () => {
  const world = await boxWorld();
  world.sendPlan(1, [], []);
  await world.until(world.at("04:10:00"));
  world.stop(plus(world.time.instant(), HOUR_MS));
  await world.until(world.at("04:11:00"));
  world.raise();
  await world.until(plus(world.at("04:11:00"), MINUTE_MS));
  expect(world.sounds().map(({ what }) => what)).toEqual(["siren", "notice"]);
});

test("a battery clock that is an hour fast: a STOP ends what a contact has started, when the time is known too", async () => {
  const world = await rosterWorld({ profile: withContacts, hasBatteryClock: true });
  const order = localOrderOf(world, { times: 100, durationMs: 3 * HOUR_MS });
  world.room.command("local", { orders: [approved(order, ["hai", "ba"])] }, HOUR_MS);
  await world.soon(MINUTE_MS);
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.cutPower();
  world.box.boot();
  world.box.clock.stepWall(HOUR_MS);
  world.box.link.setCut("both");
  await world.soon(2 * MINUTE_MS);
  world.box.amplifier.set("contact.2", 1);
  await world.soon(MINUTE_MS);
  expect(world.names()).toContain("siren");
  world.room.answersTime.value = true;
  world.box.link.setCut("none");
  await world.soon(3 * MINUTE_MS);
  const at = world.time.instant();
  world.stop(at);
  await world.soon(5 * MINUTE_MS);
  expect(world.answer()).toBe("accepted");
  expect(world.sounds().at(-1)?.to ?? Number.POSITIVE_INFINITY).toBeLessThan(plus(at, 2 * SECOND_MS));
});

test("a STOP that comes late ends nothing that a contact has started after it", async () => {
  const world = await rosterWorld({ profile: withContacts });
  const order = localOrderOf(world);
  world.room.command("local", { orders: [approved(order, ["hai", "ba"])] }, HOUR_MS);
  await world.soon(MINUTE_MS);
  const at = world.time.instant();
  await world.soon(10 * MINUTE_MS);
  world.box.amplifier.set("contact.2", 1);
  await world.soon();
  world.stop(at);
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});
