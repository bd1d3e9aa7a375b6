import { boxId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import type { Refusal } from "@loa/shared/wire/envelope.ts";
import { expect, test } from "vitest";
import { type BoxWorld, boxWorld, daily } from "../support/box-world.ts";

type Forge = (world: BoxWorld, plan: readonly [...Parameters<BoxWorld["sealedPlan"]>]) => string;

const other = boxId.parse("cum-2");

/** What stands in the place of the new plan, and what the box answers; null where nobody can be answered. */
const forgeries: readonly [why: string, answer: Refusal | null, forge: Forge][] = [
  ["unsigned", null, (world, plan) => withoutSignature(world.sealedPlan(...plan))],
  ["no envelope at all", null, () => "{}"],
  [
    "signed by a stranger in the control room's name",
    null,
    (world, [...plan]) => world.sealedPlan(plan[0], plan[1], plan[2], {}, newKeyPair()),
  ],
  [
    "addressed to another box",
    "wrong-audience",
    (world, [...plan]) => world.sealedPlan(plan[0], plan[1], plan[2], {}, { audience: { box: other } }),
  ],
  [
    "another box's plan in an envelope for this one",
    "bad-body",
    (world, [...plan]) => world.sealedPlan(plan[0], plan[1], plan[2], { box: other }),
  ],
];

test.each(forgeries)(
  "a plan that is %s is not played (%s), and the one in force is",
  async (_, answer, forge) => {
    const world = await boxWorld();
    const good = world.addClip("news", 5 * MINUTE_MS);
    const evil = world.addClip("panic", 5 * MINUTE_MS);
    world.sendPlan(1, [daily("sang", ["05:00:00"], [good])], [good]);
    await world.until(world.at("04:30:00"));
    const before = world.room.acks.length;
    world.publishPlan(forge(world, [2, [daily("gia", ["04:45:00", "05:00:00"], [evil])], [evil]]));
    await world.until(world.at("05:30:00"));
    expect(world.heard().map(({ clip }) => clip)).toEqual([good.sha256]);
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard"]);
    expect(world.room.acks.slice(before).map(({ state, reason }) => [state, reason])).toEqual(
      answer === null ? [] : [["refused", answer]],
    );
    expect(world.faults().includes("plan-refused")).toBe(answer === "bad-body");
  },
);

test("a plan that was good once is not played again in the place of a newer one", async () => {
  const world = await boxWorld();
  const old = world.addClip("old", 5 * MINUTE_MS);
  const current = world.addClip("current", 5 * MINUTE_MS);
  const replayed = world.sealedPlan(1, [daily("sang", ["05:00:00"], [old])], [old]);
  world.publishPlan(replayed);
  await world.until(world.at("04:10:00"));
  world.sendPlan(2, [daily("moi", ["05:00:00"], [current])], [current]);
  await world.until(world.at("04:30:00"));
  world.publishPlan(replayed);
  await world.until(world.at("05:30:00"));
  expect(world.heard().map(({ clip }) => clip)).toEqual([current.sha256]);
});

test("a plan larger than 32 KiB does not leave the broker, and the one in force is played", async () => {
  const world = await boxWorld();
  const good = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [good])], [good]);
  await world.until(world.at("04:30:00"));
  const many = Array.from({ length: 150 }, (_, index) => daily(`gia-${index}`, ["05:00:00"], [good]));
  world.sendPlan(2, many, [good]);
  await world.until(world.at("05:30:00"));
  expect(world.room.broker.stats().refused["payload-too-big"]).toBe(1);
  expect(world.receipts().map(({ occurrenceId, verdict }) => [occurrenceId, verdict])).toEqual([
    ["sang@2026-11-30T05:00:00", "heard"],
  ]);
});

function withoutSignature(sealed: string): string {
  return `${sealed.split(".").slice(0, 2).join(".")}.`;
}
