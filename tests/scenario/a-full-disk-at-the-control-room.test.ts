import { MAX_UNDER_WAY } from "@loa/controller/event-keeper.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { receivedBody } from "@loa/shared/wire/bodies.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BoxPuppet, opened } from "../support/box-puppet.ts";
import { emptyDisk, fillDisk } from "../support/full-disk.ts";
import { commune, createHeartWorld, type HeartWorld, operator } from "../support/heart-world.ts";
import { soundSoon } from "../support/sound-soon.ts";

let world: HeartWorld;
let box: BoxPuppet;
beforeEach(async () => {
  world = await createHeartWorld();
  box = await world.addBox("box-1");
  box.connect(1);
});
afterEach(() => world.close());

test("evidence is not taken before it is stored, and all of it is when there is room again", async () => {
  const sound = await soundSoon(world);
  await fillDisk(world.db());
  for (let number = 1; number <= 100; number += 1) box.event("s", number, sound);
  await world.time.advance(10 * SECOND_MS);
  const stored = world.rows("select number from event").length;
  expect(stored).toBeLessThan(100);
  const promised = box.got("received").map((one) => receivedBody.parse(one.body).upTo);
  expect(Math.max(0, ...promised)).toBeLessThanOrEqual(stored);
  expect(world.log.lines).toContainEqual(expect.objectContaining({ event: "store.write-failed" }));
  await emptyDisk(world.db());
  await world.time.advance(10 * SECOND_MS);
  expect(box.got("received").at(-1)?.body).toEqual({ stream: "s", upTo: 100 });
  expect(world.rows("select id from as_run")).toHaveLength(100);
});

test("what waits for the disk has a limit; beyond it the box keeps its events and is not told otherwise", async () => {
  const sound = await soundSoon(world);
  await fillDisk(world.db());
  const boxes = [box];
  for (let index = 2; index <= 22; index += 1) boxes.push(await enrolled(index));
  for (const one of boxes) for (let number = 1; number <= 499; number += 1) one.event("s", number, sound);
  expect(world.heart().counters.refused()).toEqual({ "store-behind": boxes.length * 499 - MAX_UNDER_WAY });
});

test("a STOP is said to every box though it cannot be written down", async () => {
  await fillDisk(world.db());
  const { written, error } = await stopUntilRefused();
  expect(error).toMatchObject({ code: "SQLITE_FULL" });
  await world.time.advance(5 * SECOND_MS);
  const onArea = world.broker.sent.filter(({ topic }) => topic === areaTopic(commune));
  expect(onArea).toHaveLength(written + 1);
  expect(box.got("stop").map((one) => one.id)).toContain(
    opened(onArea.at(-1)?.payload ?? "", world.broker).id,
  );
});

test("nor does silence wait for a disk that takes nothing any more", async () => {
  await sql`pragma query_only = 1`.execute(world.db());
  await expect(world.heart().changes.stop(commune, operator)).rejects.toMatchObject({
    code: "SQLITE_READONLY",
  });
  await world.time.advance(5 * SECOND_MS);
  expect(world.broker.sent.filter(({ topic }) => topic === areaTopic(commune))).toHaveLength(1);
  expect(box.got("stop")).not.toEqual([]);
});

/** The first ones may still find room. */
async function stopUntilRefused(): Promise<{ readonly written: number; readonly error: unknown }> {
  for (let written = 0; written < 1_000; written += 1) {
    try {
      await world.heart().changes.stop(commune, operator);
    } catch (error) {
      return { written, error };
    }
  }
  throw new Error("the disk is not full");
}

/** Enrolled while there still was room. */
async function enrolled(index: number): Promise<BoxPuppet> {
  await emptyDisk(world.db());
  const one = await world.addBox(`box-${index}`);
  await fillDisk(world.db());
  return one;
}
