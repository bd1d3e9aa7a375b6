import type { SignatureChecks, SignedBy } from "@loa/controller/bus/signature-checks.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { commune, createHeartWorld, type HeartWorld, operator } from "../support/heart-world.ts";

interface Held {
  readonly signed: SignedBy;
  readonly done: (isGood: boolean) => void;
}

let world: HeartWorld;
let held: Held[];
beforeEach(async () => {
  held = [];
  const signatures: SignatureChecks = { check: (signed, done) => void held.push({ signed, done }) };
  world = await createHeartWorld({ signatures });
});
afterEach(() => world.close());

const raise = async (id: string) => {
  const order = unsignedOrder(id, [commune], { at: world.time.clock.now(), by: operator, notice: null });
  return (await world.heart().changes.raise(order)).command;
};
const states = () =>
  world.rows("select box_id, state from outbox where kind = 'emergency' order by box_id, state");
const refused = () => world.heart().counters.refused();
/** Looks at all that is held, the latest first. */
async function look(): Promise<void> {
  for (const { signed, done } of held.splice(0).reverse())
    done(nodeCrypto.verify(signed.key, signed.data, signed.signature));
  await world.time.advance(2_000);
}

test("an answer counts when its signature has been looked at, and a forged one among good ones does not", async () => {
  const [one, two, three] = [await world.addBox("1"), await world.addBox("2"), await world.addBox("3")];
  const command = await raise("flood");
  one.ack(command);
  two.forge("ack", { command, state: "accepted", reason: null, highest: 0 });
  three.ack(command);
  await world.time.advance(500);
  expect(states().filter((row) => JSON.stringify(row).includes("accepted"))).toEqual([]);
  await look();
  expect(states()).toEqual([
    { box_id: "1", state: "accepted" },
    { box_id: "2", state: "pending" },
    { box_id: "3", state: "accepted" },
  ]);
  expect(refused()).toEqual({ "bad-signature": 1 });
});

test("what a box says after its answer waits for it, also that it is gone, and another box waits for nobody", async () => {
  const [one, two] = [await world.addBox("1"), await world.addBox("2")];
  const presence = (id: typeof one.id) => world.heart().fleet.now(id)?.row.presence.state;
  one.connect(1);
  two.connect(1);
  const command = await raise("flood");
  one.ack(command);
  one.dieIn(1);
  one.connect(2);
  one.dieIn(2);
  two.dieIn(1);
  expect([presence(one.id), presence(two.id)]).toEqual(["online", "offline"]);
  await look();
  expect(presence(one.id)).toBe("offline");
  expect(states()).toContainEqual({ box_id: "1", state: "accepted" });
});

test("an answer of a box that was revoked while it waited counts for nobody", async () => {
  const box = await world.addBox("1");
  const command = await raise("flood");
  box.ack(command);
  box.connect(1);
  await world.heart().changes.boxRevoked(box.id);
  await look();
  expect(states()).toEqual([{ box_id: "1", state: "replaced" }]);
  expect(world.heart().fleet.now(box.id)).toBeNull();
});

test("an answer whose box got another key while it waited is judged by that key, not by the one of before", async () => {
  const box = await world.addBox("1");
  const command = await raise("flood");
  box.ack(command);
  const renewed = newKeyPair().publicKey;
  await world.db().updateTable("box").set({ public_key: renewed }).where("id", "=", box.id).execute();
  await world.heart().changes.boxEnrolled(box.id);
  await look();
  expect(states()).toEqual([{ box_id: "1", state: "pending" }]);
  expect(refused()).toEqual({ "bad-signature": 1 });
});

test("what still waits when the controller ends is looked at and written down", async () => {
  const [one, two] = [await world.addBox("1"), await world.addBox("2")];
  const command = await raise("flood");
  one.ack(command);
  two.forge("ack", { command, state: "accepted", reason: null, highest: 0 });
  await world.heart().close();
  expect(states()).toEqual([
    { box_id: "1", state: "accepted" },
    { box_id: "2", state: "pending" },
  ]);
  // Whatever is found later changes nothing.
  await look();
  expect(refused()).toEqual({ "bad-signature": 1 });
});

test("an answer that died with the controller is asked for again", async () => {
  const box = await world.addBox("1");
  const command = await raise("flood");
  box.ack(command);
  await world.crash();
  held = [];
  box.connect(2);
  await world.time.advance(MINUTE_MS);
  expect(box.got("emergency").length).toBeGreaterThan(0);
  box.ack(command);
  await look();
  expect(states()).toEqual([{ box_id: "1", state: "accepted" }]);
});
