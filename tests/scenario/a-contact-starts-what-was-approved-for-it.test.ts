import { boxId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { LocalOrder, SignedOrder } from "@loa/shared/trust/order.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import { expect, test } from "vitest";
import {
  approved,
  localOrderOf,
  type RosterWorld,
  rosterWorld,
  withContacts,
} from "../support/roster-world.ts";
import { signers, signRoster } from "../support/trust-world.ts";

const send = (world: RosterWorld, ...orders: readonly SignedOrder[]) =>
  world.room.command("local", { orders }, HOUR_MS);
const contact = (world: RosterWorld, value: 0 | 1) => world.box.amplifier.set("contact.2", value);

async function armedWorld(change: Partial<LocalOrder> = {}) {
  const world = await rosterWorld({ profile: withContacts });
  send(world, approved(localOrderOf(world, change), ["hai", "ba"]));
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("accepted");
  return world;
}

test("without any network: it ranks as actual, and is reported when the link is back", async () => {
  const world = await armedWorld();
  world.box.link.setCut("both");
  await world.soon(MINUTE_MS);
  contact(world, 1);
  await world.soon(MINUTE_MS);
  expect(world.box.loudspeaker.stretches.map(({ source }) => source)).toMatchObject([
    { kind: "siren", severity: "actual" },
    { kind: "notice", words: "actual" },
  ]);
  expect(world.receipts()).toEqual([]);
  world.box.link.setCut("none");
  await world.soon(5 * MINUTE_MS);
  const [receipt] = world.receipts();
  expect(receipt?.occurrenceId).toMatch(/^nuoc-dang-1@/);
  expect(receipt?.verdict).toBe("heard");
});

test("once for each edge: not while the contact stays closed, not after a power cut, and again after it opened", async () => {
  const world = await armedWorld();
  contact(world, 1);
  await world.soon(5 * MINUTE_MS);
  world.box.cutPower();
  await world.soon();
  world.box.boot();
  contact(world, 1);
  await world.soon(5 * MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
  contact(world, 0);
  await world.soon(MINUTE_MS);
  contact(world, 1);
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice", "siren", "notice"]);
  expect(new Set(world.receipts().map(({ occurrenceId }) => occurrenceId.split("@")[0]))).toEqual(
    new Set(["nuoc-dang-1", "nuoc-dang-2"]),
  );
});

test("a contact that was closed while the box was off starts it when the box is back", async () => {
  const world = await armedWorld();
  world.box.cutPower();
  await world.soon(MINUTE_MS);
  contact(world, 1);
  world.box.boot();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("a contact that is closed when the order comes starts nothing", async () => {
  const world = await rosterWorld({ profile: withContacts });
  contact(world, 1);
  await world.soon(MINUTE_MS);
  send(world, approved(localOrderOf(world), ["hai", "ba"]));
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual([]);
});

test("a device that does not answer starts nothing", async () => {
  const world = await armedWorld();
  world.box.amplifier.setFault("dead");
  contact(world, 1);
  await world.soon(5 * MINUTE_MS);
  expect(world.names()).toEqual([]);
});

test("a STOP ends it, and the next edge is heard", async () => {
  const world = await armedWorld({ times: 50 });
  contact(world, 1);
  await world.soon(20 * SECOND_MS);
  world.stop(world.time.instant());
  await world.soon();
  const said = world.names().length;
  contact(world, 0);
  await world.soon(MINUTE_MS);
  expect(world.names()).toHaveLength(said);
  contact(world, 1);
  await world.soon(MINUTE_MS);
  expect(world.names().slice(said, said + 2)).toEqual(["siren", "notice"]);
});

test.each([
  ["one approver", (world: RosterWorld) => approved(localOrderOf(world), ["hai"]), "not-approved"],
  [
    "another box",
    (world: RosterWorld) => approved(localOrderOf(world, { box: boxId.parse("cum-9") }), ["hai", "ba"]),
    "wrong-audience",
  ],
  ["an order for the areas", (world: RosterWorld) => approved(world.orderOf(), ["hai", "ba"]), "bad-body"],
] as const)("%s: refused", async (_what, make, reason) => {
  const world = await rosterWorld({ profile: withContacts });
  send(world, make(world));
  await world.soon();
  expect(world.answer()).toBe(reason);
  contact(world, 1);
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual([]);
});

test("it ends with its last day, with a list that does not name it, and with the keys of who approved it", async () => {
  const over = await armedWorld({ to: plus(localOrderOf(await rosterWorld()).from, 2 * HOUR_MS) });
  await over.soon(3 * HOUR_MS);
  contact(over, 1);
  await over.soon(MINUTE_MS);
  expect(over.names()).toEqual([]);

  const gone = await armedWorld();
  send(gone);
  await gone.soon();
  contact(gone, 1);
  await gone.soon(MINUTE_MS);
  expect(gone.names()).toEqual([]);

  const stolen = await armedWorld();
  const two = stolen.rosterOf(2);
  stolen.offer(signRoster({ ...two, keys: two.keys.filter(({ id }) => id !== "ba") }, signers(2)));
  await stolen.soon();
  contact(stolen, 1);
  await stolen.soon(MINUTE_MS);
  expect(stolen.names()).toEqual([]);
});

test("not with another key under the name of the one that has signed it", async () => {
  const world = await armedWorld();
  const two = world.rosterOf(2);
  const [ba, other] = ["ba", "nam"].map((name) => two.keys.find(({ id }) => id === name));
  if (ba === undefined || other === undefined) throw new Error("not in the roster");
  const { algorithm, publicKey } = other;
  const keys = [...two.keys.filter(({ id }) => id !== "ba" && id !== "nam"), { ...ba, algorithm, publicKey }];
  world.offer(signRoster({ ...two, keys }, signers(2)));
  await world.soon(MINUTE_MS);
  expect(world.reportedRoster()).toBe(2);
  contact(world, 1);
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual([]);
});

test("an older list that is kept back takes nothing away from a newer one", async () => {
  const world = await rosterWorld({ profile: withContacts });
  const late = world.room.sealed("local", { orders: [] }, plus(world.time.instant(), DAY_MS));
  send(world, approved(localOrderOf(world, { id: emergencyId.parse("lu") }), ["hai", "ba"]));
  await world.soon();
  world.room.broker.publish({
    topic: boxTopic(boxId.parse("cum-1"), "command"),
    payload: late,
    qos: 1,
    retain: false,
  });
  await world.soon();
  expect(world.answer()).toBe("stale-revision");
  contact(world, 1);
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});
