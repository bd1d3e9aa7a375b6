import type { Capability } from "@loa/shared/device/capability.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import { type DeviceAlias, deviceAlias, ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentBench, CAPABILITIES, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
const capabilities: readonly Capability[] = [
  ...CAPABILITIES,
  "speakerLine.current",
  "speakerLine.open",
  "amplifier.fault.short",
  "amplifier.fault.thermal",
];
type Bench = ReturnType<typeof agentBench>;

function bulletinOn(offered: readonly Capability[] = capabilities): Bench {
  const bench = agentBench({ clips: [news], capabilities: offered });
  bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
  return bench;
}

function withOpenLine({ knobs }: Bench) {
  knobs.lineCurrentA = 0;
}
function withShortedLine({ knobs }: Bench) {
  knobs.readings.set("amplifier.fault.short", 1);
}
function withHeat({ knobs }: Bench) {
  knobs.amplifierDb = -90;
  knobs.lineCurrentA = 0;
  knobs.readings.set("amplifier.fault.thermal", 1);
}
function mended({ knobs }: Bench) {
  knobs.lineCurrentA = 0.3;
  knobs.amplifierDb = -20;
  knobs.readings.clear();
}

function turnsAlarm(
  bench: Bench,
  device: DeviceAlias,
  capability: Capability,
  fault: FaultKind,
  isRaised: boolean,
) {
  const [kind, severity, threshold] = ["device-alarm", "critical", null] as const;
  const value = isRaised ? 1 : 0;
  bench.post({ kind, severity, threshold, value, isRaised, device, at: bench.mono, capability, fault });
}

describe.each([
  ["an open line", withOpenLine, "line-open"],
  ["a shorted line", withShortedLine, "line-short"],
  ["a protection that is too hot", withHeat, "amplifier-thermal"],
] as const)("%s", (_, strike, cause) => {
  test("before the start is missed", () => {
    const bench = bulletinOn();
    bench.until("04:59:00");
    strike(bench);
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["missed", cause]]);
  });

  test("in the middle makes it partial, from then on", () => {
    const bench = bulletinOn();
    bench.until("05:02:00");
    strike(bench);
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["partial", cause]]);
    const playedMs = bench.receipts.at(-1)?.evidence.playedMs ?? 0;
    expect(Math.abs(playedMs - 2 * MINUTE_MS)).toBeLessThan(5 * SECOND_MS);
  });

  test("that is mended before the start, or begins after the end, takes nothing from it", () => {
    const bench = bulletinOn();
    bench.until("04:55:00");
    strike(bench);
    bench.until("04:59:00");
    mended(bench);
    bench.until("05:05:08");
    strike(bench);
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("whenever it begins: no more than five seconds of lost sound are taken for heard", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * MINUTE_MS - 7_000 }), (afterMs) => {
        const bench = bulletinOn();
        bench.until("05:00:00");
        bench.pass(afterMs);
        strike(bench);
        bench.until("05:06:00");
        const { verdict, cause: said, evidence } = bench.receipts.at(-1) ?? expect.fail("no receipt");
        expect(evidence.playedMs - afterMs).toBeLessThanOrEqual(5 * SECOND_MS);
        expect(["partial", "missed"]).toContain(verdict);
        expect(said).toBe(cause);
      }),
      { numRuns: 30 },
    );
  });
});

test("however short the bulletins are, three seconds of a broken line are heard of", () => {
  const durations = fc.array(fc.integer({ min: 2_000, max: 20_000 }), { minLength: 1, maxLength: 4 });
  const strikes = fc.constantFrom(withOpenLine, withShortedLine, withHeat);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(durations, strikes, share, (lengths, strike, when) => {
      const clips = lengths.map((durationMs, index) => clipOf("abcd".charAt(index), durationMs));
      const totalMs = lengths.reduce((sum, one) => sum + one, 0);
      const bench = agentBench({ clips, capabilities });
      bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], clips)]));
      bench.until("05:00:00");
      const soundMs = Math.floor(totalMs * when);
      bench.pass(soundMs);
      strike(bench);
      bench.until("05:03:00");
      const { verdict, evidence } = bench.receipts.at(-1) ?? expect.fail("no receipt");
      expect(evidence.playedMs - soundMs).toBeLessThanOrEqual(3_500);
      if (totalMs - soundMs > 3_500) expect(verdict).not.toBe("heard");
    }),
    { numRuns: 80 },
  );
});

test("a speaker who pauses between two looks at two meters is heard", () => {
  const bench = bulletinOn();
  bench.until("05:00:05");
  for (let pause = 0; pause < 60; pause += 1) {
    // The level is read in the pause, the current a second later, when the level is back.
    bench.knobs.amplifierDb = -90;
    bench.pass(1_000);
    bench.knobs.amplifierDb = -20;
    bench.knobs.lineCurrentA = 0;
    bench.pass(1_000);
    bench.knobs.lineCurrentA = 0.3;
    bench.pass(2_000);
  }
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["heard", null]]);
  expect(bench.receipts.at(-1)?.evidence.playedMs).toBeGreaterThan(5 * MINUTE_MS - 3_000);
});

test("a loud level and a current are heard, and how old the newest proof was is told", () => {
  const bench = bulletinOn();
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["heard", null]]);
  const { evidence } = bench.receipts.at(-1) ?? expect.fail("no receipt");
  expect(evidence).toMatchObject({ amplifierDb: -20, lineCurrentA: 0.3, unmeasuredMs: 0 });
  expect(evidence.provenAgeMs).toBeLessThan(10 * SECOND_MS);
});

test("a meter that reads nothing valid hears nothing: what was read back on was played", () => {
  const bench = bulletinOn();
  bench.knobs.readings.set("amplifier.level", null).set("speakerLine.current", null);
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["played", null]]);
});

test.each([
  ["in the middle", "05:02:00", "played"],
  ["for its last ten seconds", "05:04:50", "played"],
  ["for its last two polls", "05:04:57", "heard"],
])("a meter that is lost %s", (_, when, verdict) => {
  const bench = bulletinOn();
  bench.until(when);
  bench.knobs.readings.set("amplifier.level", null).set("speakerLine.current", null);
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([[verdict, null]]);
});

test("an amplifier without a power switch that answers and is not measured has played", () => {
  const bench = bulletinOn(["amplifier.mute"]);
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["played", null]]);
});

test("an amplifier that nobody measures and that stays turned down has not played", () => {
  const bench = agentBench({
    clips: [news],
    capabilities: ["amplifier.power", "amplifier.gain"],
    gain: { minDb: -60, maxDb: 0 },
  });
  const volume = { gainDb: -6, byHour: [], capDb: 0, emergencyDb: 0 };
  bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { volume }));
  bench.knobs.readings.set("amplifier.gain", -60);
  bench.knobs.refuses = "amplifier.gain";
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["missed", "amplifier-refused"]]);
});

describe.each([
  [
    "a line that was open",
    "speakerLine.open",
    "line-open",
    ["amplifier.power", "speakerLine.open"],
    "played",
  ],
  ["a line that was shorted", "amplifier.fault.short", "line-short", capabilities, "heard"],
] as const)(
  "%s and is mended while its alarm still waits for its clearing time",
  (_, point, fault, offered, verdict) => {
    const alarm = (bench: Bench, isRaised: boolean) => turnsAlarm(bench, ONLY_DEVICE, point, fault, isRaised);

    test("takes nothing from what sounds after the repair", () => {
      const bench = bulletinOn(offered);
      bench.until("04:58:00");
      bench.knobs.readings.set(point, 1);
      alarm(bench, true);
      bench.until("04:59:50");
      bench.knobs.readings.set(point, 0);
      bench.until("05:00:50");
      alarm(bench, false);
      bench.until("05:30:00");
      expect(bench.verdicts()).toEqual([[verdict, null]]);
    });

    test("takes what sounds as long as nobody reads that it is mended", () => {
      const bench = bulletinOn(offered);
      bench.until("04:58:00");
      bench.knobs.readings.set(point, 1);
      alarm(bench, true);
      bench.until("05:00:50");
      bench.knobs.readings.set(point, 0);
      bench.until("05:01:50");
      alarm(bench, false);
      bench.until("05:30:00");
      expect(bench.verdicts()).toEqual([["partial", fault]]);
      const playedMs = bench.receipts.at(-1)?.evidence.playedMs ?? 0;
      expect(Math.abs(playedMs - (5 * MINUTE_MS - 50 * SECOND_MS))).toBeLessThan(5 * SECOND_MS);
    });
  },
);

test.each([
  ["opens", "speakerLine.open", "line-open", ["amplifier.power", "speakerLine.open"]],
  ["shorts", "amplifier.fault.short", "line-short", capabilities],
] as const)(
  "a line that %s again at every try of its protection is not heard between two tries",
  (_, point, fault, offered) => {
    const bench = bulletinOn(offered);
    bench.until("04:58:00");
    bench.knobs.readings.set(point, 1);
    turnsAlarm(bench, ONLY_DEVICE, point, fault, true);
    bench.until("05:00:00");
    for (let second = 0; second < 320; second += 1) {
      bench.knobs.readings.set(point, second % 2);
      bench.pass(SECOND_MS);
    }
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["missed", fault]]);
  },
);

test("a clock that is set back after a repair makes no alarm stand again", () => {
  const bench = bulletinOn(["amplifier.power", "speakerLine.open"]);
  bench.until("04:58:00");
  bench.knobs.readings.set("speakerLine.open", 1);
  turnsAlarm(bench, ONLY_DEVICE, "speakerLine.open", "line-open", true);
  bench.until("04:59:00");
  bench.knobs.readings.set("speakerLine.open", 0);
  bench.until("05:02:00");
  bench.host(plus(bench.now(), -5 * MINUTE_MS), "synced");
  bench.pass(30 * MINUTE_MS);
  expect(bench.verdicts()).toEqual([["played", null]]);
});

test("an alarm of one device is not over because another one reads its own point well", () => {
  const offered = ["amplifier.power", "speakerLine.open"] as const;
  const bench = bulletinOn(offered);
  const monitor = deviceAlias.parse("monitor");
  bench.post({
    kind: "device-identified",
    device: monitor,
    capabilities: ["speakerLine.open"],
    sequences: [],
  });
  bench.knobs.readings.set("speakerLine.open", 0);
  bench.until("04:58:00");
  turnsAlarm(bench, monitor, "speakerLine.open", "line-open", true);
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["missed", "line-open"]]);
});

test("a microphone that follows the mixer hears what nobody else measures", () => {
  const bench = bulletinOn(["amplifier.power", "zone.1"]);
  for (let second = 1; second <= 300; second += 1) {
    bench.until(`05:0${Math.floor(second / 60)}:${String(second % 60).padStart(2, "0")}`);
    bench.post({ kind: "microphone", at: bench.mono, rmsDb: -30, match: 0.8 });
  }
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["heard", null]]);
  expect(bench.receipts.at(-1)?.evidence).toMatchObject({ microphoneDb: -30, microphoneMatch: 0.8 });
});
