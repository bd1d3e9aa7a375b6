import { NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { type LocalTime, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";

async function morningWith(fault: DeviceFault) {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("04:30:00"));
  world.box.amplifier.setFault(fault);
  await world.until(world.at("05:30:00"));
  return world;
}

test("an-amplifier-that-is-dead-is-never-heard", async () => {
  const world = await morningWith("dead");
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-unreachable"],
  ]);
  expect(world.faults()).toContain("amplifier-unreachable");
});

/** An eight-second bulletin at 5:00, under which the amplifier has a fault for so long. */
async function bulletinWith(fault: DeviceFault, diesAt: string, livesAt: string | null) {
  const world = await boxWorld();
  const clip = world.addClip("call", 8 * SECOND_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at(diesAt));
  world.box.amplifier.setFault(fault);
  if (livesAt !== null) {
    await world.until(world.at(livesAt));
    world.box.amplifier.setFault(null);
  }
  await world.until(world.at("05:01:00"));
  return world.receipts().map(({ verdict, cause }) => [verdict, cause]);
}

/** Red when only what follows the second silence is lost: it comes as the bulletin is over. */
test.each(["05:00:02", "05:00:04", "05:00:05"])(
  "an amplifier that dies under a short bulletin at %s has not played it whole",
  async (diesAt) => {
    expect(await bulletinWith("dead", diesAt, null)).toEqual([["partial", "amplifier-unreachable"]]);
  },
);

test.each([
  ["in its middle", "05:00:02", "05:00:05"],
  ["at its end", "05:00:06", "05:00:09"],
])("one poll that gets lost %s takes nothing from a bulletin", async (_, diesAt, livesAt) => {
  expect(await bulletinWith("dead", diesAt, livesAt)).toEqual([["heard", null]]);
});

/** Red when it is written to before it is looked at: what the write reads back says nothing of the time before. */
test("an amplifier that was found off after one silence has lost what it was silent for", async () => {
  const world = await boxWorld();
  const clip = world.addClip("call", 8 * SECOND_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("05:00:02"));
  world.box.amplifier.setFault("dead");
  await world.until(world.at("05:00:05"));
  world.box.amplifier.set("amplifier.power", 0);
  world.box.amplifier.setFault(null);
  await world.until(world.at("05:01:00"));
  expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["partial"]);
  expect(world.receipts()[0]?.evidence.playedMs).toBeLessThan(5 * SECOND_MS);
});

test("an amplifier that is silent is never heard", async () => {
  const world = await morningWith("silent");
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-silent"],
  ]);
});

/** Red without the read-back: the relay acknowledges every write and does not move. */
test("a-relay-that-only-says-yes-is-not-believed", async () => {
  const world = await morningWith("stuck-relay");
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-refused"],
  ]);
  expect(world.faults()).toContain("amplifier-refused");
});

test("somebody else's device is never switched", async () => {
  const world = await boxWorld();
  world.box.amplifier.setFault("wrong-identity");
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  await world.until(world.at("05:01:00"));
  expect(world.box.amplifier.snapshot().values["amplifier.power"]).toBe(0);
  await world.until(world.at("05:30:00"));
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["missed", "amplifier-wrong-identity"],
  ]);
});

test("the amplifier is on before the first sample and off after its lease", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 5 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [clip])], [clip]);
  const power = () => world.box.amplifier.snapshot().values["amplifier.power"];
  await world.until(world.at("04:55:00"));
  expect(power()).toBe(0);
  await world.until(world.at("05:00:00"));
  expect(power()).toBe(1);
  await world.until(world.at("05:10:00"));
  expect(power()).toBe(0);
});

/** Red when whatever is due warms it up, and whoever holds the air keeps it on. */
test.each(["without its clip", "in quiet hours"])(
  "the amplifier stays off for a bulletin %s",
  async (why) => {
    const world = await boxWorld();
    const clip = world.addClip("news", 5 * MINUTE_MS);
    const isQuiet = why === "in quiet hours";
    const item = isQuiet ? clip : { ...clip, sha256: sha256.parse("0".repeat(64)) };
    const span = { from: "04:30:00" as LocalTime, to: "06:00:00" as LocalTime };
    const rules = { ...NO_RULES, quietHours: isQuiet ? [span] : [] };
    world.sendPlan(1, [daily("sang", ["05:00:00"], [item])], [item], { rules });
    for (const clock of ["04:59:58", "05:00:10", "05:02:00"]) {
      await world.until(world.at(clock));
      expect(world.box.amplifier.snapshot().values["amplifier.power"]).toBe(0);
    }
  },
);
