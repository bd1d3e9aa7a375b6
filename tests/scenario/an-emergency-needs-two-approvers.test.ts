import { areaId, userId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { orderText } from "@loa/shared/trust/order.ts";
import { expect, test } from "vitest";
import { approved, persons, rosterWorld } from "../support/roster-world.ts";
import { rootOf, rootPairs } from "../support/trust-world.ts";

test("two persons, neither of them who wrote it: it sounds at once", async () => {
  const world = await rosterWorld();
  expect(world.reportedRoster()).toBe(1);
  const raisedAt = world.time.instant();
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
  expect((world.sounds()[0]?.from ?? 0) - raisedAt).toBeLessThan(700);
  expect(world.answer()).toBe("accepted");
});

test.each([
  ["nobody", []],
  ["one person", ["hai"]],
  ["the same person twice", ["hai", "hai"]],
  ["who wrote it and one more", ["mot", "hai"]],
  ["who may approve exercises only", ["hai", "tu"]],
  ["who may approve in another commune only", ["hai", "nam"]],
] as const)("%s is not enough: refused, and nothing sounds", async (_who, by) => {
  const world = await rosterWorld();
  const order = world.orderOf();
  world.send(order, approved(order, by));
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("not-approved");
  expect(world.names()).toEqual([]);
});

test("a strange key under a known name is not enough", async () => {
  const world = await rosterWorld();
  const order = world.orderOf();
  world.send(
    order,
    approved(order, ["hai", "ba"], (person) => (person === "ba" ? persons.tu : persons.hai)),
  );
  await world.soon();
  expect(world.answer()).toBe("not-approved");
});

test("the control room's own key alone raises nothing, whatever it seals", async () => {
  const world = await rosterWorld();
  world.send(world.orderOf(), undefined);
  await world.soon();
  expect(world.answer()).toBe("not-approved");
  expect(world.names()).toEqual([]);
});

test("what was edited after the approvals is not approved: neither the text, nor what is said beside it", async () => {
  const world = await rosterWorld();
  const order = world.orderOf();
  const signed = approved(order, ["hai", "ba"]);
  world.send(order, signed, { headline: "Mời ăn cỗ" });
  await world.soon();
  expect(world.answer()).toBe("not-approved");
  const edited = { ...order, headline: "Mời ăn cỗ" };
  world.send(edited, { ...signed, payload: orderText(edited) });
  await world.soon();
  expect(world.answer()).toBe("not-approved");
  expect(world.names()).toEqual([]);
});

test("approvals have an end: what goes out after it is refused", async () => {
  const world = await rosterWorld();
  const order = world.orderOf();
  const signed = approved(order, ["hai", "ba"]);
  await world.soon(32 * MINUTE_MS);
  world.send(order, signed);
  await world.soon();
  expect(world.answer()).toBe("expired");
  expect(world.names()).toEqual([]);
});

test("nobody can approve for longer than a day", async () => {
  const world = await rosterWorld();
  const order = world.orderOf({ approveBy: plus(world.time.instant(), 25 * 60 * MINUTE_MS) });
  world.send(order, approved(order, ["hai", "ba"]));
  await world.soon();
  expect(world.answer()).toBe("expired");
});

test("an order does not go out before it was written", async () => {
  const world = await rosterWorld();
  const order = world.orderOf();
  world.send(order, approved(order, ["hai", "ba"]), { at: plus(order.draftedAt, -2 * MINUTE_MS) });
  await world.soon();
  expect(world.answer()).toBe("not-yet-valid");
  expect(world.names()).toEqual([]);
});

test("what was approved for another area is not said here", async () => {
  const world = await rosterWorld();
  const order = world.orderOf({ areas: [areaId.parse("xa-khac")] });
  world.send(order, approved(order, ["hai", "ba"]));
  await world.soon();
  expect(world.answer()).toBe("wrong-audience");
  expect(world.names()).toEqual([]);
});

test("a key that the roster does not name seals nothing, though enrolment named it", async () => {
  const stranger = newKeyPair();
  const issuers = new Map([["old", stranger.publicKey]]);
  const world = await rosterWorld({ config: { issuers, rosterRoot: rootOf(rootPairs) } });
  const order = world.orderOf();
  const before = world.room.acks.length;
  world.send(order, approved(order, ["hai", "ba"]), { issuer: "old", privateKey: stranger.privateKey });
  await world.soon();
  expect(world.room.acks.length).toBe(before);
  expect(world.names()).toEqual([]);
});

test("an exercise needs its own number of approvals, and says that it is one", async () => {
  const world = await rosterWorld({ roster: { approvals: { actual: 2, exercise: 1 } } });
  const order = world.orderOf({ severity: "exercise", author: userId.parse("hai") });
  world.send(order, approved(order, ["tu"]));
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("accepted");
  expect(world.box.loudspeaker.stretches.map(({ source }) => source)).toMatchObject([
    { kind: "siren", severity: "exercise" },
    { kind: "notice", words: "exercise" },
  ]);
});
