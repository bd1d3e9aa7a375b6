import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import { toBox } from "@loa/shared/wire/topics.ts";
import { presence } from "@loa/shared/wire/uplink.ts";
import { expect, test } from "vitest";
import type { Forgery } from "../support/box-world.ts";
import { approved, rosterWorld } from "../support/roster-world.ts";
import { machineKey, signers, signRoster } from "../support/trust-world.ts";

/** Whoever has the controller's key and the broker tells a box without a time server that it is so much later. */
async function toldTime(aheadMs: number) {
  const world = await rosterWorld();
  const teller = { aheadMs, forgery: {} satisfies Forgery as Forgery };
  world.box.troubles.areTimeServersSilent = true;
  world.room.answersTime.value = false;
  world.room.broker.onMessage(({ topic, payload }) => {
    if (!topic.endsWith("/presence")) return;
    const { online, nonce } = presence.parse(JSON.parse(payload));
    if (!online) return;
    const at = plus(world.time.instant(), teller.aheadMs);
    const told = world.room.sealed("time", { nonce, at }, null, teller.forgery);
    world.room.broker.publish(toBox(world.box.id, "command", told));
  });
  world.box.cutPower();
  world.box.boot({ wallIs1970: true });
  await world.soon(20 * MINUTE_MS);
  return { ...world, teller };
}
type World = Awaited<ReturnType<typeof toldTime>>;

/** The holders of the root take the stolen key out, and name another one. */
async function changeKeys(world: World): Promise<Forgery> {
  const { publicKey, privateKey } = newKeyPair();
  const forgery = { issuer: "room-2", privateKey };
  const keys = [
    machineKey(publicKey, "tinh", "room-2"),
    ...world.rosterOf(1).keys.filter(({ id }) => id !== "room"),
  ];
  world.teller.aheadMs = 0;
  world.teller.forgery = forgery;
  world.offer(signRoster(world.rosterOf(2, { keys, issuedAt: world.time.instant() }), signers(2)));
  return forgery;
}

async function raise(world: World, forgery: Forgery): Promise<void> {
  const order = world.orderOf();
  const emergency = emergencyFrom(order, order.draftedAt);
  world.room.command("emergency", { emergency, order: approved(order, ["hai", "ba"]) }, HOUR_MS, forgery);
  await world.soon(MINUTE_MS);
}

test("a key tells no time at which it is not valid itself", async () => {
  const world = await toldTime(2 * 365 * DAY_MS);
  await raise(world, {});
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("a time half a year ahead is forgotten with the key that told it", async () => {
  const world = await toldTime(180 * DAY_MS);
  await raise(world, {});
  expect(world.answer()).toBe("expired");
  const successor = await changeKeys(world);
  await world.soon(2 * MINUTE_MS);
  await raise(world, successor);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("also after a power cut, and where the box hears of the new key as it comes back", async () => {
  const world = await toldTime(180 * DAY_MS);
  world.box.cutPower();
  const successor = await changeKeys(world);
  await world.soon();
  world.box.boot({ wallIs1970: true });
  await world.soon(2 * MINUTE_MS);
  world.box.cutPower();
  world.box.boot({ wallIs1970: true });
  await world.soon(2 * MINUTE_MS);
  await raise(world, successor);
  expect(world.names()).toEqual(["siren", "notice"]);
});
