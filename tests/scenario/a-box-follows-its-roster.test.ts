import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { chainOf, type Roster } from "@loa/shared/trust/roster.ts";
import { rosterTopic } from "@loa/shared/wire/topics.ts";
import { expect, test } from "vitest";
import { boxWorld } from "../support/box-world.ts";
import { approved, rosterWorld } from "../support/roster-world.ts";
import { machineKey, rootOf, rootPairs, rosterWith, signers, signRoster } from "../support/trust-world.ts";

test("a newer roster is in force at once: whom it names not any more approves nothing", async () => {
  const world = await rosterWorld();
  const two = world.rosterOf(2);
  world.offer(signRoster({ ...two, keys: two.keys.filter(({ id }) => id !== "ba") }, signers(2)));
  await world.soon();
  expect(world.reportedRoster()).toBe(2);
  const order = world.orderOf();
  world.send(order, approved(order, ["hai", "ba"]));
  await world.soon();
  expect(world.answer()).toBe("not-approved");
});

test("an older one, one of a single holder and one of strangers are refused, and somebody hears of it", async () => {
  const world = await rosterWorld();
  world.offer(signRoster(world.rosterOf(3), signers(2)));
  await world.soon();
  const strangers = [newKeyPair(), newKeyPair()];
  const foreign = signRoster(world.rosterOf(5, { root: rootOf(strangers) }), signers(2, strangers));
  for (const bad of [signRoster(world.rosterOf(4), signers(1)), foreign]) {
    world.offer(bad);
    await world.soon(MINUTE_MS);
    expect(world.reportedRoster()).toBe(3);
    expect(world.faults()).toContain("roster-refused");
  }
  world.offer(signRoster(world.rosterOf(2), signers(2)));
  await world.soon(MINUTE_MS);
  expect(world.reportedRoster()).toBe(3);
  expect(world.faults()).not.toContain("roster-refused");
});

test("an attacker who empties the topic, or the disk of the enrolment, takes no roster away", async () => {
  const world = await rosterWorld();
  world.room.broker.publish({ topic: rosterTopic, payload: "", qos: 1, retain: true });
  world.box.cutPower();
  await world.soon();
  world.box.boot();
  await world.soon(2 * MINUTE_MS);
  expect(world.reportedRoster()).toBe(1);
  world.send(world.orderOf(), undefined);
  await world.soon();
  expect(world.answer()).toBe("not-approved");
});

test("a box that was off while the root changed twice follows over all versions, and an order of the new keys sounds", async () => {
  const world = await rosterWorld();
  world.box.cutPower();
  await world.soon(MINUTE_MS);
  const newPairs = [newKeyPair(), newKeyPair(), newKeyPair()];
  const lastPairs = [newKeyPair(), newKeyPair()];
  const second = signRoster(world.rosterOf(2), signers(2));
  // The holders before and the new ones sign a change together.
  const third = signRoster(world.rosterOf(3, { root: rootNamed(newPairs, "new") }), [
    ...signers(2),
    ...named(newPairs, "new"),
  ]);
  const fourth = signRoster(world.rosterOf(4, { root: rootNamed(lastPairs, "last") }), [
    ...named(newPairs, "new"),
    ...named(lastPairs, "last"),
  ]);
  world.offer(...chainOf([second, third, fourth]));
  world.box.boot();
  await world.soon(2 * MINUTE_MS);
  expect(world.reportedRoster()).toBe(4);
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("the roster of the enrolment is in force before anything else is heard, and only of the root in the image", async () => {
  const room = newKeyPair();
  const roster = signRoster(rosterWith([machineKey(room.publicKey, "tinh", "room")]), signers(2));
  const enrolled = await boxWorld({ config: { rosters: [roster], rosterRoot: rootOf(rootPairs) } });
  await enrolled.until(plus(enrolled.time.instant(), MINUTE_MS));
  expect(enrolled.room.reported.at(-1)?.roster).toBe(1);
  const strangers = [newKeyPair(), newKeyPair()];
  const pinned = await boxWorld({ config: { rosters: [roster], rosterRoot: rootOf(strangers) } });
  await pinned.until(plus(pinned.time.instant(), MINUTE_MS));
  expect(pinned.room.reported.at(-1)?.roster).toBe(0);
});

test("who has nothing but the broker gives no roster to a box that has none", async () => {
  const stranger = newKeyPair();
  const strangers = [newKeyPair(), newKeyPair()];
  const keys = [machineKey(stranger.publicKey, "tinh", "room")];
  const forged = signRoster(rosterWith(keys, { root: rootOf(strangers) }), [
    ...signers(2, strangers),
    { id: "room", privateKey: stranger.privateKey },
  ]);
  const world = await boxWorld();
  world.room.broker.publish({
    ...{ topic: rosterTopic, payload: JSON.stringify({ rosters: [forged] }) },
    ...{ qos: 1, retain: true },
  });
  await world.until(plus(world.time.instant(), 2 * MINUTE_MS));
  expect(world.room.reported.at(-1)?.roster).toBe(0);
  expect(world.faults()).toContain("roster-refused");
  world.raise();
  await world.until(plus(world.time.instant(), MINUTE_MS));
  expect(world.sounds().map(({ what }) => what)).toEqual(["siren", "notice"]);
});

test("a roster is in force although the disk cannot be written to, and on the disk as soon as it can", async () => {
  const world = await rosterWorld();
  world.box.disk.failure = "disk-full";
  world.offer(signRoster(world.rosterOf(2), signers(2)));
  await world.soon();
  expect(world.reportedRoster()).toBe(2);
  world.box.disk.failure = null;
  await world.soon(10 * MINUTE_MS);
  world.room.broker.publish({ topic: rosterTopic, payload: "", qos: 1, retain: true });
  world.box.crashAgent();
  await world.soon(MINUTE_MS);
  expect(world.reportedRoster()).toBe(2);
});

type Pair = ReturnType<typeof newKeyPair>;

function rootNamed(pairs: readonly Pair[], name: string): Roster["root"] {
  const keys = pairs.map(({ publicKey }, index) => ({ id: `${name}-${index + 1}`, publicKey }));
  return { keys, threshold: 2 };
}

function named(pairs: readonly Pair[], name: string) {
  return pairs.slice(0, 2).map(({ privateKey }, index) => ({ id: `${name}-${index + 1}`, privateKey }));
}

test("a box whose image names a root says no emergency on one key's word, though it has heard of no roster yet", async () => {
  const soundsOf = async (config: Parameters<typeof boxWorld>[0]) => {
    const world = await boxWorld(config);
    await world.until(plus(world.time.instant(), MINUTE_MS));
    world.raise();
    await world.until(plus(world.time.instant(), MINUTE_MS));
    return { sounds: world.sounds().map(({ what }) => what), ack: world.room.acks.at(-1) };
  };
  const pinned = await soundsOf({ config: { rosterRoot: rootOf(rootPairs) } });
  expect(pinned).toMatchObject({ sounds: [], ack: { state: "refused", reason: "not-approved" } });
  expect((await soundsOf({})).sounds).toContain("siren");
});
