import { DAY_MS, type LocalDate, MINUTE_MS, plus, SECOND_MS, toLocal } from "@loa/shared/kernel/time.ts";
import type { SelfTest } from "@loa/shared/wire/bodies.ts";
import { expect, test } from "vitest";
import { type BoxWorld, boxWorld, daily } from "../support/box-world.ts";

const tuesday = "2026-12-01" as LocalDate;

function testsIn(world: BoxWorld): readonly SelfTest[] {
  return [...world.room.events.values()].flatMap(({ event }) => (event.kind === "self-test" ? [event] : []));
}

/** A box with a bulletin at five in the morning, every morning. */
async function everyMorning(options: Parameters<typeof boxWorld>[0] = {}): Promise<BoxWorld> {
  const world = await boxWorld({ beginsAt: "00:30:00", ...options });
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  return world;
}

test("an amplifier that is well passes every night, and nobody hears it", async () => {
  const world = await everyMorning();
  let onMs = 0;
  for (let second = 0; second < 4 * 3_600; second += 1) {
    await world.until(plus(world.at("00:30:00"), second * SECOND_MS));
    if (world.box.amplifier.snapshot().values["amplifier.power"] === 1) onMs += SECOND_MS;
    expect(world.box.amplifier.snapshot().values["amplifier.level"]).toBeLessThanOrEqual(-90);
  }
  expect(world.box.loudspeaker.stretches).toEqual([]);
  // Relays that click for a moment wear out less than those that hold for long.
  expect(onMs).toBeLessThanOrEqual(3 * SECOND_MS);
  await world.until(world.at("06:00:00", tuesday));
  expect(testsIn(world)).toMatchObject([
    { outcome: "passed", switches: true, readBack: true, line: true, lineCurrentA: null },
    { outcome: "passed", switches: true, readBack: true, line: true, lineCurrentA: expect.any(Number) },
  ]);
  expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard", "heard"]);
});

test("a line that opens at night is known before the morning's bulletin", async () => {
  const world = await everyMorning();
  await world.until(world.at("01:00:00"));
  world.box.amplifier.setFault("line-open");
  await world.until(world.at("04:30:00"));
  expect(testsIn(world)).toMatchObject([{ outcome: "failed", cause: "line-open", line: false }]);
  await world.until(world.at("04:46:00"));
  const ready = world.room.statuses.filter((one) => one.k === "ready").at(-1);
  expect(ready?.lacks).toContain("line-open");
});

test("the test of the night costs a box one event and a few messages, and what it found outlives a power cut", async () => {
  const world = await everyMorning();
  await world.until(world.at("04:30:00"));
  expect(testsIn(world)).toHaveLength(1);
  world.box.cutPower();
  await world.until(world.at("04:32:00"));
  world.box.boot();
  await world.until(plus(world.at("04:30:00"), DAY_MS - 3 * 3_600_000));
  expect(testsIn(world)).toHaveLength(1);
  const times = testsIn(world).map(({ at }) => toLocal(at).time);
  expect(times.every((time) => time >= "02:00:00" && time < "04:00:00")).toBe(true);
});

test("an amplifier that was lost while it was on is not said to have refused what its own limit has switched off", async () => {
  const world = await everyMorning();
  await world.until(world.at("05:02:00"));
  world.box.amplifier.setFault("late-replies");
  await world.until(world.at("12:00:00", tuesday));
  world.box.amplifier.setFault(null);
  await world.until(world.at("13:00:00", tuesday));
  expect(testsIn(world).map(({ outcome }) => outcome)).toEqual(["passed", "skipped", "passed"]);
});

test("a clip that rots on the disk is mended before it is due", async () => {
  const world = await everyMorning({ beginsAt: "04:30:00" });
  await world.until(world.at("04:44:00"));
  const [hash, bytes] = [...world.box.folder.files].at(-1) ?? expect.fail("no clip");
  const rotten = Uint8Array.from(bytes);
  rotten[rotten.length - 1] = (rotten.at(-1) ?? 0) ^ 1;
  world.box.folder.files.set(hash, rotten);
  await world.until(world.at("04:47:00"));
  expect(world.box.folder.files.get(hash)).not.toEqual(rotten);
  await world.until(world.at("05:10:00"));
  expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard"]);
});
