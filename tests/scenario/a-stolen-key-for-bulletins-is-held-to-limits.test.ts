import { areaId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import type { SafetyLimits } from "@loa/shared/trust/roster.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { expect, test } from "vitest";
import { daily } from "../support/box-world.ts";
import { approved, type RosterWorld, rosterWorld } from "../support/roster-world.ts";

const wide: SafetyLimits = {
  from: "04:00",
  to: "22:00",
  maxDurationMs: 60 * MINUTE_MS,
  maxGainDb: 6,
  maxStartsPerHour: 12,
};

async function worldWith(safety: Partial<SafetyLimits>, beginsAt = "04:50:00") {
  return rosterWorld({ beginsAt, roster: { safety: { ...wide, ...safety } } });
}

const verdictOf = (world: RosterWorld, name: string) => {
  const receipt = world.receipts().find(({ occurrenceId }) => occurrenceId.startsWith(name));
  return [receipt?.verdict, receipt?.cause];
};

test("outside of its hours nothing sounds, not even what the plan calls an exception; an emergency does", async () => {
  const world = await worldWith({ from: "05:30" });
  const news = world.addClip("news", MINUTE_MS);
  const late = world.addClip("late", MINUTE_MS);
  world.sendPlan(
    2,
    [daily("dem", ["05:00:00"], [news], { exception: true }), daily("sang", ["05:31:00"], [late])],
    [news, late],
  );
  await world.until(world.at("05:20:00"));
  expect(world.names()).toEqual([]);
  expect(verdictOf(world, "dem")).toEqual(["refused", "safety-limit"]);
  world.raiseApproved();
  await world.until(world.at("05:40:00"));
  expect(world.names()).toEqual(["siren", "notice", late.sha256]);
});

test("what sounds when the hours end is silent from there", async () => {
  const world = await worldWith({ to: "05:05" });
  const news = world.addClip("news", 20 * MINUTE_MS);
  world.sendPlan(2, [daily("sang", ["05:00:00"], [news])], [news]);
  await world.until(world.at("05:31:00"));
  expect(Math.abs((world.sounds()[0]?.to ?? 0) - world.at("05:05:00"))).toBeLessThan(1_000);
  expect(verdictOf(world, "sang")).toEqual(["partial", "safety-limit"]);
});

test("what is longer than anything may be is refused whole", async () => {
  const world = await worldWith({ maxDurationMs: 5 * MINUTE_MS });
  const long = world.addClip("long", 6 * MINUTE_MS);
  const short = world.addClip("short", 4 * MINUTE_MS);
  world.sendPlan(
    2,
    [daily("dai", ["05:00:00"], [long]), daily("ngan", ["05:01:00"], [short])],
    [long, short],
  );
  await world.until(world.at("05:30:00"));
  expect(world.names()).toEqual([short.sha256]);
  expect(verdictOf(world, "dai")).toEqual(["refused", "safety-limit"]);
  expect(verdictOf(world, "ngan")).toEqual(["heard", null]);
});

test("no more begins within an hour than may, also over new plans and a power cut", async () => {
  const world = await worldWith({ maxStartsPerHour: 2 });
  const clips = [1, 2, 3, 4].map((n) => world.addClip(`tin ${n}`, MINUTE_MS));
  const at = ["05:00:00", "05:10:00", "05:20:00", "06:30:00"];
  const plan = (revision: number, ...which: readonly number[]) =>
    world.sendPlan(
      revision,
      which.flatMap((n) => {
        const clip = clips[n];
        return clip === undefined ? [] : [daily(`tin-${n}`, [at[n] ?? ""], [clip])];
      }),
      clips,
    );
  plan(2, 0);
  await world.until(world.at("05:05:00"));
  plan(3, 1);
  await world.until(world.at("05:15:00"));
  world.box.cutPower();
  world.box.boot();
  plan(4, 2, 3);
  await world.until(world.at("06:40:00"));
  expect(world.names()).toEqual([clips[0]?.sha256, clips[1]?.sha256, clips[3]?.sha256]);
  expect(verdictOf(world, "tin-2")).toEqual(["refused", "safety-limit"]);
});

test("a clip that asks for more gain than may be gets what may be", async () => {
  const world = await worldWith({ maxGainDb: 3 });
  const loud = { ...world.addClip("loud", MINUTE_MS), gainDb: 20 };
  world.sendPlan(2, [daily("sang", ["05:00:00"], [loud])], [loud]);
  await world.until(world.at("05:05:00"));
  expect(world.names()).toEqual([loud.sha256]);
  // The clip's own -20 dBFS and no more than the 3 dB.
  expect(world.receipts()[0]?.evidence.mixerDb).toBeCloseTo(-17, 1);
});

test("nor does the amplifier give it more; an emergency is as loud as it was", async () => {
  const world = await worldWith({ maxGainDb: -12 });
  const gain = () => world.box.amplifier.snapshot().values["amplifier.gain"];
  const news = world.addClip("news", 10 * MINUTE_MS);
  const volume = { gainDb: 0, byHour: [], capDb: 20, emergencyDb: 0 };
  world.sendPlan(2, [daily("sang", ["05:00:00"], [news])], [news], { volume });
  await world.until(world.at("05:02:00"));
  expect(gain()).toBeCloseTo(-12, 0);
  world.raiseApproved();
  await world.soon();
  expect(gain()).toBeCloseTo(0, 0);
});

test("a plan makes no emergency inaudible: one that wants less than the least is refused, and the roster may say more", async () => {
  const world = await worldWith({ minEmergencyGainDb: -6 });
  const gain = () => world.box.amplifier.snapshot().values["amplifier.gain"];
  const volume = { gainDb: -20, byHour: [], capDb: 0, emergencyDb: -12 };
  world.sendPlan(2, [], [], { volume });
  await world.soon();
  expect(world.answer()).toBe("accepted");
  world.sendPlan(3, [], [], { volume: { ...volume, emergencyDb: -80 } });
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("unsafe");
  expect(world.faults()).toContain("plan-refused");
  world.raiseApproved();
  await world.soon();
  expect(gain()).toBeCloseTo(-6, 0);
});

const elsewhere = areaId.parse("xa-khac");
const here = areaId.parse("xa-nay");
const province = areaId.parse("tinh");

test("no plan takes a box out of its province", async () => {
  const world = await worldWith({});
  world.sendPlan(2, [], [], { lineage: [elsewhere] });
  await world.soon();
  expect(world.answer()).toBe("unsafe");
  world.raiseApproved();
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("nor out of reach of its commune at once: for a week the areas that it has left are obeyed, too", async () => {
  const world = await rosterWorld({ areas: [here] });
  const warn = async (id: string) => {
    const order = world.orderOf({ id: emergencyId.parse(id), areas: [here] });
    const body = { emergency: emergencyFrom(order, order.draftedAt), order: approved(order, ["hai", "ba"]) };
    const expiresAt = plus(order.draftedAt, order.durationMs);
    const payload = world.room.sealed("emergency", body, expiresAt, { audience: { area: here } });
    world.room.broker.publish({ topic: areaTopic(here), payload, qos: 1, retain: false });
    await world.soon(MINUTE_MS);
  };
  world.sendPlan(2, [], [], { lineage: [here, province] });
  await world.soon(MINUTE_MS);
  world.sendPlan(3, [], [], { lineage: [elsewhere, province] });
  await world.soon(MINUTE_MS);
  await warn("lu-mot");
  expect(world.names()).toEqual(["siren", "notice"]);
  world.box.cutPower();
  world.box.boot();
  await world.soon(MINUTE_MS);
  await warn("lu-hai");
  expect(world.names()).toHaveLength(4);
  await world.soon(8 * DAY_MS);
  world.box.cutPower();
  world.box.boot();
  await world.soon(MINUTE_MS);
  await warn("lu-ba");
  expect(world.names()).toHaveLength(4);
});
