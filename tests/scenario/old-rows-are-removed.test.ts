import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { type BoxEvent, receivedBody } from "@loa/shared/wire/bodies.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BoxPuppet } from "../support/box-puppet.ts";
import { createHeartWorld, type HeartWorld } from "../support/heart-world.ts";
import { soundSoon } from "../support/sound-soon.ts";

let world: HeartWorld;
let box: BoxPuppet;
let sound: BoxEvent;
beforeEach(async () => {
  world = await createHeartWorld();
  box = await world.addBox("box-1");
  box.connect(1);
  sound = await soundSoon(world);
});
afterEach(() => world.close());

const ageOf = (days: number) => plus(world.time.clock.now(), -days * DAY_MS);
const numbers = () => world.rows("select number from event order by number");
const soundRows = () => world.rows("select id from as_run");

async function send(...which: readonly number[]): Promise<void> {
  for (const number of which) box.event("s", number, sound);
  await world.time.advance(MINUTE_MS);
}

test("events are kept for 62 days; what was made of them stays", async () => {
  await send(1, 2, 3);
  await world
    .db()
    .updateTable("event")
    .set({ received_at: ageOf(61) })
    .execute();
  await world.time.advance(HOUR_MS + MINUTE_MS);
  expect(numbers()).toHaveLength(3);
  await world
    .db()
    .updateTable("event")
    .set({ received_at: ageOf(63) })
    .execute();
  await world.time.advance(HOUR_MS + MINUTE_MS);
  expect(numbers()).toEqual([{ number: 3 }]);
  expect(soundRows()).toHaveLength(3);
});

test("an event that was removed is not taken again, also after a restart", async () => {
  await send(1, 2, 3);
  await world
    .db()
    .updateTable("event")
    .set({ received_at: ageOf(63) })
    .execute();
  await world.time.advance(HOUR_MS + MINUTE_MS);
  await world.crash();
  box.connect(2);
  await send(1, 2, 3, 4);
  expect(soundRows()).toHaveLength(4);
  expect(receivedBody.parse(box.got("received").at(-1)?.body)).toEqual({ stream: "s", upTo: 4 });
});

test("answered plans go after a fortnight, and what became of a STOP stays", async () => {
  const plan = box.got("plan").at(-1);
  box.ack(plan?.id ?? "");
  const old = ageOf(15);
  await world.time.advance(MINUTE_MS);
  await world.db().updateTable("outbox").set({ done_at: old }).where("state", "!=", "pending").execute();
  const stop = { box_id: box.id, kind: "stop", body: "{}", area_id: null, created_at: old, expires_at: old };
  await world
    .db()
    .insertInto("outbox")
    .values({
      ...stop,
      command_id: "old",
      attempts: 1,
      next_at: old,
      state: "expired",
      reason: null,
      done_at: old,
    })
    .execute();
  await world.time.advance(HOUR_MS + MINUTE_MS);
  expect(world.rows("select kind from outbox")).toEqual([{ kind: "stop" }]);
});

test("samples go after thirty days, however many there are", async () => {
  const row = (at: number) => ({ box_id: box.id, capability: "amplifier.temperature", at, value: 30 });
  const old = Array.from({ length: 1_000 }, (_, index) => row(ageOf(31) + index));
  await world.db().insertInto("sample").values(old).execute();
  await world
    .db()
    .insertInto("sample")
    .values(row(ageOf(29)))
    .execute();
  await world.time.advance(HOUR_MS + MINUTE_MS);
  expect(world.rows("select at from sample")).toHaveLength(1);
});
