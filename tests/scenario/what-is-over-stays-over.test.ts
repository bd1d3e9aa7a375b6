import { emergencyId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { approved, rosterWorld } from "../support/roster-world.ts";

test("an approval that was used is not used again in the minute by which clocks may differ", async () => {
  const world = await rosterWorld();
  const draftedAt = world.time.instant();
  const approveBy = plus(draftedAt, 3 * HOUR_MS);
  const order = world.orderOf({ draftedAt, approveBy, durationMs: MINUTE_MS });
  const signed = approved(order, ["hai", "ba"]);
  world.send(order, signed);
  await world.until(plus(approveBy, 20 * SECOND_MS));
  expect(world.names()).toEqual(["siren", "notice"]);
  world.send(order, signed);
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("replayed");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("nor one that was cancelled as soon as it was drafted", async () => {
  const world = await rosterWorld();
  const draftedAt = world.time.instant();
  const approveBy = plus(draftedAt, DAY_MS);
  const order = world.orderOf({ draftedAt, approveBy });
  const signed = approved(order, ["hai", "ba"]);
  world.cancel(order);
  await world.until(plus(approveBy, 20 * SECOND_MS));
  world.send(order, signed);
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("expired");
  expect(world.names()).toEqual([]);
});

test("whoever cancels thousands that never were fills no memory, and what sounds is still ended", async () => {
  const world = await rosterWorld();
  world.room.answersTime.value = false;
  world.box.troubles.areTimeServersSilent = true;
  world.box.cutPower();
  world.box.boot({ wallIs1970: true });
  await world.soon(2 * MINUTE_MS);
  const far = plus(world.time.instant(), 1_000 * DAY_MS);
  for (let count = 0; count < 1_100; count += 1) {
    const emergency = emergencyId.parse(`never-${count}`);
    world.room.command("cancel", { emergency }, HOUR_MS, { issuedAt: far });
  }
  await world.soon();
  expect(world.answer()).toBe("not-durable");
  const order = world.raiseApproved({ times: 100 });
  await world.soon();
  expect(world.answer()).toBe("accepted");
  world.cancel(order);
  await world.soon();
  expect(world.answer()).toBe("accepted");
  expect(world.sounds().at(-1)?.to).not.toBeNull();
  // They are forgotten with their day, whatever they say of it, by whoever knows the time.
  world.box.troubles.areTimeServersSilent = false;
  await world.soon(2 * DAY_MS);
  world.cancel({ id: emergencyId.parse("never-again") });
  await world.soon();
  expect(world.answer()).toBe("accepted");
});
