import type { Effect } from "@loa/edge-agent/core/effect.ts";
import { nextVolumeEdge, wantedGainDb } from "@loa/edge-agent/core/volume.ts";
import { LEAST_EMERGENCY_DB } from "@loa/shared/broadcast/plan.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { emergencyId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type LocalTime, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, CAPABILITIES, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { relayItem, volumeOf } from "../../support/plans.ts";

const news = clipOf("a", 10 * MINUTE_MS);
const span = (from: string, to: string, gainDb: number) => ({
  span: { from: from as LocalTime, to: to as LocalTime },
  gainDb,
});
type Bench = ReturnType<typeof agentBench>;
const writesTo = (bench: Bench, point: Capability) =>
  bench.said.flatMap(({ at: when, effect }) =>
    effect.kind === "write-device" && effect.capability === point ? [{ when, value: effect.value }] : [],
  );
const volumes = (bench: Bench) =>
  bench.said.flatMap(({ effect }): Extract<Effect, { kind: "set-volume" }>[] =>
    effect.kind === "set-volume" ? [effect] : [],
  );
const withGain = [...CAPABILITIES, "amplifier.gain"] as const;

describe("the volume", () => {
  const profile = volumeOf(-6, {
    byHour: [span("21:00:00", "05:30:00", -18), span("05:00:00", "06:00:00", -12)],
    capDb: -8,
    emergencyDb: 3,
  });

  test("of the hour holds, of two spans the quieter, never above the cap, and an emergency has its own", () => {
    const dbAt = (time: string) => wantedGainDb(profile, "programme", at(time));
    expect([dbAt("12:00:00"), dbAt("05:10:00"), dbAt("05:45:00")]).toEqual([-8, -18, -12]);
    expect(wantedGainDb(profile, "emergency", at("02:00:00"))).toBe(3);
    expect(nextVolumeEdge(profile, at("04:59:00"))).toBe(at("05:00:00"));
  });

  test("changes at the edge of its hour, under a sound in steps of at most 3 dB that are read back", () => {
    const bench = agentBench({ clips: [news], capabilities: withGain });
    const volume = volumeOf(-4, { byHour: [span("05:02:00", "06:00:00", -14)] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { volume }));
    bench.until("05:05:00");
    const gains = writesTo(bench, "amplifier.gain");
    expect(gains.map(({ value }) => value)).toEqual([-4, -7, -10, -13, -14]);
    expect(gains[1]?.when).toBe(at("05:02:00"));
    expect((gains[4]?.when ?? 0) - at("05:02:00")).toBeLessThan(SECOND_MS);
  });

  test("of an amplifier without a gain is the mixer's, with a ramp under a sound; an emergency's comes with its sound", () => {
    const bench = agentBench({ clips: [news] });
    const volume = volumeOf(-4, { byHour: [span("05:02:00", "06:00:00", -14)], emergencyDb: -2 });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { volume }));
    bench.until("05:03:00");
    expect(volumes(bench).map(({ gainDb, rampMs }) => [gainDb, rampMs > 0])).toEqual([
      [-4, false],
      [-14, true],
    ]);
    bench.envelope("emergency", { emergency: alarm(bench) });
    bench.pass(SECOND_MS);
    expect(bench.plays.at(-1)).toMatchObject({ rung: "emergency-actual", gainDb: -2 });
    expect(volumes(bench)).toHaveLength(2);
  });

  test("jumps to an emergency's and back, with the amplifier, in one write each", () => {
    const bench = agentBench({ clips: [news], capabilities: withGain });
    const volume = volumeOf(-20, { emergencyDb: 0 });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { volume }));
    bench.until("05:01:00");
    bench.envelope("emergency", { emergency: alarm(bench) });
    bench.until("05:03:00");
    expect(writesTo(bench, "amplifier.gain").map(({ value }) => value)).toEqual([-20, 0, -20]);
  });
});

describe("the clip of an emergency", () => {
  const gainFor = (signedDb: number, plannedDb: number) => {
    const bench = agentBench({ clips: [{ ...news, gainDb: plannedDb }] });
    bench.sendPlan(planOf(1, []));
    bench.pass(SECOND_MS);
    const notice = { ...news, gainDb: signedDb };
    bench.envelope("emergency", { emergency: { ...alarm(bench), notice } });
    bench.pass(20 * SECOND_MS);
    return bench.plays.find((one) => one.source.kind === "clip")?.gainDb;
  };

  test("is as loud as persons have signed it, whatever a plan says of the same file", () => {
    expect(gainFor(-3, -60)).toBe(-3);
    expect(gainFor(-3, 20)).toBe(-3);
  });

  test("is as loud as its own persons have signed it, though another emergency has the same file", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, []));
    bench.pass(SECOND_MS);
    const soft = { ...alarm(bench), notice: { ...news, gainDb: -12 } };
    const loud = { ...soft, id: emergencyId.parse("lu-2"), notice: { ...news, gainDb: -3 } };
    bench.envelope("emergency", { emergency: soft });
    bench.pass(HOUR_MS / 2);
    bench.envelope("emergency", {
      emergency: { ...loud, at: bench.now(), expiresAt: plus(bench.now(), HOUR_MS) },
    });
    bench.pass(HOUR_MS / 2);
    const gains = bench.plays.flatMap((one) => (one.source.kind === "clip" ? [one.gainDb] : []));
    expect(gains).toEqual([-12, -3]);
  });

  test("is never so low that nobody hears it, though somebody has signed that", () => {
    expect(gainFor(-60, 0)).toBe(LEAST_EMERGENCY_DB);
  });
});

describe("the lines of the amplifier", () => {
  test("are those of the plan for a programme, and all of them for an emergency, whatever the plan says", () => {
    const bench = agentBench({ clips: [news], capabilities: [...CAPABILITIES, "zone.2", "zone.4"] });
    const plan = planOf(1, [daily("sang", ["05:00:00"], [news])]);
    bench.sendPlan({ ...plan, zones: [2] });
    const on = () =>
      ["zone.1", "zone.2", "zone.4"].filter((line) => bench.registers.get(line as never) === 1);
    bench.until("05:01:00");
    expect(on()).toEqual(["zone.2"]);
    bench.envelope("emergency", { emergency: alarm(bench) });
    bench.pass(SECOND_MS);
    expect(on()).toEqual(["zone.1", "zone.2", "zone.4"]);
    bench.until("05:04:00");
    expect(on()).toEqual(["zone.2"]);
  });
});

describe("an input of the amplifier", () => {
  test("is muted unless a relay of it is heard, and muted again when the box is stopped", () => {
    const relay = { kind: "input", id: "dai" as never, title: "FM", input: "fm", gainDb: 0 } as const;
    const bench = agentBench({ clips: [], capabilities: [...CAPABILITIES, "input.line", "input.fm"] });
    const schedules = [daily("tiep-am", ["05:00:00"], [relayItem(relay, 5 * MINUTE_MS)])];
    bench.sendPlan(planOf(1, schedules, { relays: [relay] }));
    bench.until("04:30:00");
    expect(writesTo(bench, "input.fm").map(({ value }) => value)).toEqual([0]);
    bench.until("05:06:00");
    const fm = writesTo(bench, "input.fm");
    expect(fm.map(({ value }) => value)).toEqual([0, 1, 0]);
    expect((fm[1]?.when ?? 0) - at("05:00:00")).toBeLessThan(SECOND_MS);
    expect((fm[2]?.when ?? 0) - at("05:05:00")).toBeLessThan(SECOND_MS);
    expect(writesTo(bench, "input.line").map(({ value }) => value)).toEqual([0]);
    bench.post({ kind: "shutdown" });
    expect(writesTo(bench, "input.fm").at(-1)?.value).toBe(0);
  });
});

function alarm(bench: Bench) {
  const now = bench.now();
  return {
    id: emergencyId.parse("lu"),
    severity: "actual",
    headline: "Lũ",
    at: now,
    expiresAt: plus(now, HOUR_MS),
    sirenMs: 5_000,
    notice: null,
    times: 1,
    gapMs: 0,
  };
}
