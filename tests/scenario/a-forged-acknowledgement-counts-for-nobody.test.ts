import type { FromBox } from "@loa/controller/bus/broker-port.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { commune, createHeartWorld, type HeartWorld, operator } from "../support/heart-world.ts";

let world: HeartWorld;
/** All that was said by boxes, as somebody who holds the broker writes it down. */
let tape: FromBox[];
beforeEach(async () => {
  world = await createHeartWorld();
  tape = [];
  const { fromBox } = world.broker;
  world.broker.fromBox = (message) => {
    tape.push(message);
    fromBox(message);
  };
});
afterEach(() => world.close());

const raise = async (id: string) => {
  const order = unsignedOrder(id, [commune], { at: world.time.clock.now(), by: operator, notice: null });
  return (await world.heart().changes.raise(order)).command;
};
const states = () =>
  world.rows("select box_id, state from outbox where kind = 'emergency' order by box_id, state");
test("an emergency is not tallied as received by a box for which another one has answered", async () => {
  const victim = await world.addBox("box-1");
  const thief = await world.addBox("box-2");
  const command = await raise("flood");
  thief.ack(command);
  const genuine = tape.at(-1);
  if (genuine === undefined) throw new Error("nothing on the tape");
  // With the broker in its hands it may say everything under every name, but not sign it.
  const asVictim = { box: victim.id, topic: boxTopic(victim.id, "ack") };
  world.broker.fromBox({ ...genuine, ...asVictim });
  world.broker.fromBox({ ...genuine, topic: asVictim.topic });
  world.broker.fromBox({ ...genuine, box: victim.id });
  victim.forge("ack", { command, state: "accepted", reason: null, highest: 0 });
  await world.time.advance(MINUTE_MS);
  expect(states()).toEqual([
    { box_id: "box-1", state: "pending" },
    { box_id: "box-2", state: "accepted" },
  ]);
  expect(world.heart().counters.refused()).toEqual({
    "unknown-key": 1,
    "wrong-topic": 2,
    "bad-signature": 1,
  });
  // It is told again, as nobody believes that it knows.
  expect(victim.got("emergency").length).toBeGreaterThan(0);
  expect(thief.got("emergency")).toHaveLength(0);
});

test("the acknowledgement of yesterday's emergency, recorded, is none of today's", async () => {
  const box = await world.addBox("box-1");
  box.ack(await raise("flood"));
  const recorded = tape.at(-1);
  await world.time.advance(MINUTE_MS);
  const told = box.got("emergency").length;
  await raise("fire");
  for (let round = 0; round < 10; round += 1) if (recorded !== undefined) world.broker.fromBox(recorded);
  await world.time.advance(MINUTE_MS);
  expect(states()).toEqual([
    { box_id: "box-1", state: "accepted" },
    { box_id: "box-1", state: "pending" },
  ]);
  expect(box.got("emergency").length).toBeGreaterThan(told);
});

test("an acknowledgement with any bit turned is none", async () => {
  const box = await world.addBox("box-1");
  const command = await raise("flood");
  const { broker } = world;
  const { fromBox } = broker;
  // Only the injured ones arrive.
  broker.fromBox = (message) => {
    const bytes = Buffer.from(message.payload);
    for (let at = 0; at < bytes.length; at += 1) {
      const bent = Buffer.from(bytes);
      bent.writeUInt8(bent.readUInt8(at) ^ (1 << (at % 8)), at);
      fromBox({ ...message, payload: bent.toString("utf8") });
    }
  };
  box.ack(command);
  await world.time.advance(MINUTE_MS);
  expect(states()).not.toContainEqual({ box_id: "box-1", state: "accepted" });
  broker.fromBox = fromBox;
  box.ack(command);
  await world.time.advance(MINUTE_MS);
  expect(states()).toEqual([{ box_id: "box-1", state: "accepted" }]);
});

test("what a box refuses is counted by its reason, also what the control room has never sent it", async () => {
  const box = await world.addBox("box-1");
  box.ack("019b0000-0000-7000-8000-000000000000", { state: "refused", reason: "not-approved" });
  box.ack("019b0000-0000-7000-8000-000000000001", { state: "refused", reason: "replayed" });
  box.ack("019b0000-0000-7000-8000-000000000002", { state: "refused", reason: "replayed" });
  await world.time.advance(SECOND_MS);
  expect(world.heart().figures().commandsRefused).toEqual({ "not-approved": 1, replayed: 2 });
});
