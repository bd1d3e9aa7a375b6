import { draftStanding } from "@loa/controller/domain/drafts.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { emergencyId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { expect, onTestFinished, test } from "vitest";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { commune, createHeartWorld, operator, province } from "../support/heart-world.ts";
import { approved, rosterWorld } from "../support/roster-world.ts";

test("what is of a STOP's own instant is void, what comes after it is not, and without one nothing is", async () => {
  const world = await rosterWorld();
  const at = world.time.instant();
  expect([plus(at, -1), at, plus(at, 1)].map((one) => isVoidedByStop(one, at))).toEqual([true, true, false]);
  expect(isVoidedByStop(at, null)).toBe(false);
});

test("at the box: a draft of that instant is refused, one of the next is said", async () => {
  const world = await rosterWorld();
  const order = world.orderOf();
  world.room.command("stop", { at: order.draftedAt }, MINUTE_MS);
  world.send(order, approved(order, ["hai", "ba"]));
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("stopped");
  const next = { ...order, id: emergencyId.parse("lu-hai"), draftedAt: plus(order.draftedAt, 1) };
  world.send(next, approved(next, ["hai", "ba"]));
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("in the control room: whichever of the two is done first, the draft is overtaken and the emergency void", async () => {
  const world = await createHeartWorld();
  onTestFinished(() => world.close());
  const box = await world.addBox("box-1");
  const { changes, drafts } = world.heart();
  const at = world.time.clock.now();
  const order = (id: string) => unsignedOrder(id, [commune], { at, by: operator });
  const add = (id: string) => drafts.add(order(id).order, order(id).order.approveBy);
  const standings = () =>
    ["truoc", "sau"].map((id) => {
      const found = world.heart().drafts.find(id as EmergencyId);
      return found === null ? null : draftStanding(found, world.time.clock.now());
    });
  await add("truoc");
  await changes.stop(province, operator);
  expect(world.time.clock.now()).toBe(at);
  await add("sau");
  await changes.raise(order("khong-nghe"));
  expect(standings()).toEqual(["overtaken", "overtaken"]);
  await world.time.advance(10_000);
  // Said once to the area, where the STOP makes it void; nobody gets it on the own topic afterwards.
  expect(box.got("emergency")).toEqual([]);
  await world.crash();
  expect(standings()).toEqual(["overtaken", "overtaken"]);
});
