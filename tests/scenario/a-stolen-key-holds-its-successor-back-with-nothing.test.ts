import { boxId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { asInstant, HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import { toBox } from "@loa/shared/wire/topics.ts";
import { expect, test } from "vitest";
import type { Forgery } from "../support/box-world.ts";
import { approved, rosterWorld } from "../support/roster-world.ts";
import { machineKey, signers, signRoster } from "../support/trust-world.ts";

const box = boxId.parse("cum-1");

/** The controller's key was stolen, used for all it can do, and taken out of the roster by the holders of the root. */
async function afterTheft() {
  const world = await rosterWorld();
  const { publicKey, privateKey } = newKeyPair();
  const keys = [
    machineKey(publicKey, "tinh", "room-2"),
    ...world.rosterOf(1).keys.filter(({ id }) => id !== "room"),
  ];
  const thief: Forgery = { sequence: Number.MAX_SAFE_INTEGER };
  return {
    ...world,
    thief,
    successor: (sequence: number): Forgery => ({ issuer: "room-2", privateKey, sequence }),
    async changeKeys() {
      world.offer(signRoster(world.rosterOf(2, { keys }), signers(2)));
      await world.soon();
      expect(world.reportedRoster()).toBe(2);
    },
  };
}

test("a successor begins at 1, and is obeyed, though the thief has used the highest numbers there are", async () => {
  const world = await afterTheft();
  world.publishPlan(world.sealedPlan(Number.MAX_SAFE_INTEGER, [], [], {}, world.thief));
  await world.soon();
  expect(world.answer()).toBe("accepted");
  await world.changeKeys();
  world.publishPlan(world.sealedPlan(2, [], [], {}, world.successor(1)));
  await world.soon();
  expect(world.answer()).toBe("accepted");
  expect(world.room.reported.at(-1)?.revision).toBe(2);
  const order = world.orderOf();
  const body = { emergency: emergencyFrom(order, order.draftedAt), order: approved(order, ["hai", "ba"]) };
  const expiresAt = plus(world.time.instant(), HOUR_MS);
  world.room.broker.publish(
    toBox(box, "command", world.room.sealed("emergency", body, expiresAt, world.successor(2))),
  );
  await world.soon(MINUTE_MS);
  expect(world.names()).toContain("siren");
});

test("what the thief still sends is not obeyed, and its numbers are remembered over a power cut", async () => {
  const world = await afterTheft();
  const stop = world.room.sealed(
    "stop",
    { at: world.time.instant() },
    plus(world.time.instant(), HOUR_MS),
    world.thief,
  );
  world.room.broker.publish(toBox(box, "command", stop));
  await world.soon();
  expect(world.answer()).toBe("accepted");
  world.box.cutPower();
  world.box.boot();
  await world.soon(2 * MINUTE_MS);
  world.room.command("stop", { at: world.time.instant() }, HOUR_MS, {
    sequence: Number.MAX_SAFE_INTEGER - 2_000,
  });
  await world.soon();
  expect(world.answer()).toBe("replayed");
  await world.changeKeys();
  world.sendPlan(7, [], []);
  await world.soon();
  expect(world.room.reported.at(-1)?.revision).toBe(1);
});

test("as long as the older key is named, an older plan of its successor is one", async () => {
  const world = await afterTheft();
  world.publishPlan(world.sealedPlan(9, [], [], {}));
  await world.soon();
  const both = [...world.rosterOf(1).keys, machineKey(newKeyPair().publicKey, "tinh", "room-3")];
  world.offer(signRoster(world.rosterOf(2, { keys: both }), signers(2)));
  await world.soon();
  world.publishPlan(world.sealedPlan(8, [], [], {}));
  await world.soon();
  expect(world.answer()).toBe("stale-revision");
});

test("a STOP for the year 2100, taken without the time, is one of today as soon as the time is known", async () => {
  const world = await afterTheft();
  const { box: machine, room } = world;
  room.answersTime.value = false;
  machine.troubles.areTimeServersSilent = true;
  machine.cutPower();
  machine.boot({ wallIs1970: true });
  await world.soon(2 * MINUTE_MS);
  room.command("stop", { at: asInstant(Date.UTC(2100, 0, 1)) }, HOUR_MS);
  await world.soon();
  expect(world.answer()).toBe("accepted");
  room.answersTime.value = true;
  machine.troubles.areTimeServersSilent = false;
  world.network.restartBroker();
  await world.soon(5 * MINUTE_MS);
  world.raiseApproved();
  await world.soon(2 * MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
  // Also on the disk.
  machine.cutPower();
  machine.boot();
  await world.soon(10 * MINUTE_MS);
  world.raiseApproved({ id: emergencyId.parse("bao") });
  await world.soon(2 * MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice", "siren", "notice"]);
});
