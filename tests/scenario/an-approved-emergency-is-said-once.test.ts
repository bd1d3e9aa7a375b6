import { boxId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import { contentsOf } from "@loa/simulator/virtual/message-check.ts";
import { expect, test } from "vitest";
import { approved, type RosterWorld, rosterWorld } from "../support/roster-world.ts";

const commandTopic = boxTopic(boxId.parse("cum-1"), "command");

/** Everything that reached the box as a command, as whoever holds the broker has it. */
function recorderOf(world: RosterWorld): readonly string[] {
  const heard: string[] = [];
  world.network.overhear((direction, _box, topic, payload) => {
    if (direction === "down" && topic === commandTopic) heard.push(payload);
  });
  return heard;
}

const repeat = (world: RosterWorld, payload: string) =>
  world.room.broker.publish({ topic: commandTopic, payload, qos: 1, retain: false });

async function raisedAndRecorded() {
  const world = await rosterWorld();
  const heard = recorderOf(world);
  world.raiseApproved({ durationMs: 20 * MINUTE_MS });
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
  const recording = heard.find((one) => contentsOf(one)?.kind === "emergency") ?? "";
  expect(recording).not.toBe("");
  return { world, recording };
}

test("a recording of it, played back in the same session, after a restart and after a power cut, says nothing", async () => {
  const { world, recording } = await raisedAndRecorded();
  repeat(world, recording);
  await world.soon(MINUTE_MS);
  world.box.crashAgent();
  await world.soon(MINUTE_MS);
  repeat(world, recording);
  await world.soon(MINUTE_MS);
  world.box.cutPower();
  await world.soon(MINUTE_MS);
  world.box.boot();
  await world.soon(MINUTE_MS);
  repeat(world, recording);
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("a year later, with the clock set back and no time to be had, a recording says nothing", async () => {
  const { world, recording } = await raisedAndRecorded();
  await world.soon(2 * HOUR_MS);
  world.box.cutPower();
  await world.soon(365 * DAY_MS);
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.boot({ wallIs1970: true });
  await world.soon(2 * MINUTE_MS);
  repeat(world, recording);
  await world.soon(5 * MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("what was approved before a STOP cannot be raised after it, however it is sealed", async () => {
  const world = await rosterWorld();
  const order = world.orderOf();
  const signed = approved(order, ["hai", "ba"]);
  world.send(order, signed);
  await world.soon();
  world.stop(world.time.instant());
  await world.soon(MINUTE_MS);
  const said = world.names().length;
  world.send(order, signed);
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("replayed");
  const another = { ...order, id: emergencyId.parse("lu-hai") };
  world.send(another, approved(another, ["hai", "ba"]));
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("stopped");
  expect(world.names()).toHaveLength(said);
  world.raiseApproved({ id: emergencyId.parse("lu-moi") });
  await world.soon(MINUTE_MS);
  expect(world.names().slice(said)).toEqual(["siren", "notice"]);
});

test("one approval is one emergency: whoever holds the control room's key cannot say it at another time", async () => {
  const world = await rosterWorld();
  const order = world.orderOf({
    durationMs: 2 * MINUTE_MS,
    approveBy: plus(world.time.instant(), 5 * HOUR_MS),
  });
  const signed = approved(order, ["hai", "ba"]);
  world.send(order, signed);
  await world.soon(MINUTE_MS);
  world.send(order, signed);
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("replayed");
  // Long after its end, when nothing of it stands any more.
  await world.soon(3 * HOUR_MS);
  world.send(order, signed);
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("what was cancelled cannot be raised again by its approval", async () => {
  const world = await rosterWorld();
  const order = world.orderOf({ times: 50 });
  const signed = approved(order, ["hai", "ba"]);
  world.send(order, signed);
  await world.soon(20_000);
  world.cancel(order);
  await world.soon(MINUTE_MS);
  const said = world.names().length;
  world.send(order, signed);
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("expired");
  expect(world.names()).toHaveLength(said);
});

test("an update ends the one that it takes the place of, also where that comes later", async () => {
  const world = await rosterWorld();
  const first = world.orderOf({ times: 50 });
  world.send(first, approved(first, ["hai", "ba"]));
  await world.soon(20_000);
  const update = world.orderOf({ id: emergencyId.parse("lu-hai"), replaces: first.id });
  world.send(update, approved(update, ["hai", "ba"]));
  await world.soon(MINUTE_MS);
  const ids = world.box.loudspeaker.stretches.map(({ soundId }) => soundId.split("@")[0]);
  expect(ids.slice(-2)).toEqual(["lu-hai", "lu-hai"]);
  const receipt = world.receipts().find(({ occurrenceId }) => occurrenceId.startsWith("lu-quet"));
  expect(receipt?.cause).toBe("cancelled");
  const late = world.orderOf({ id: emergencyId.parse("den-muon") });
  const after = world.orderOf({ id: emergencyId.parse("thay"), replaces: late.id });
  world.send(after, approved(after, ["hai", "ba"]));
  await world.soon(MINUTE_MS);
  world.send(late, approved(late, ["hai", "ba"]));
  await world.soon();
  expect(world.answer()).toBe("expired");
});
