import { NO_TESTS } from "@loa/edge-agent/core/memory.ts";
import { selfTestFaults } from "@loa/edge-agent/core/self-test.ts";
import { nightAt } from "@loa/edge-agent/core/self-test-time.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS, toLocal } from "@loa/shared/kernel/time.ts";
import type { SelfTest } from "@loa/shared/wire/bodies.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentBench, at, CAPABILITIES, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
const box = boxId.parse("cum-1");
const { slotAt } = nightAt(box, at("00:00:00"));
const slot = toLocal(slotAt).time;

const PASSED: SelfTest = {
  kind: "self-test",
  at: slotAt,
  outcome: "passed",
  cause: null,
  switches: true,
  readBack: true,
  line: null,
  lineCurrentA: 3,
  lineImpedanceOhm: null,
};

function nightBench(options: Partial<Parameters<typeof agentBench>[0]> = {}) {
  const bench = agentBench({ clips: [news], beginsAt: "01:00:00", ...options });
  bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
  return bench;
}
type Bench = ReturnType<typeof agentBench>;
const writes = (bench: Bench, from: string, to: string) =>
  bench.said.flatMap(({ at: when, effect }) =>
    effect.kind === "write-device" && when >= at(from) && when < at(to)
      ? [`${effect.capability}=${effect.value}`]
      : [],
  );

function refuse({ knobs }: Bench, point: Capability) {
  knobs.refuses = point;
}

describe("the quiet test of the night", () => {
  test("switches power and lines while the amplifier is mute, reads them back, and switches them off again", () => {
    const bench = nightBench();
    bench.until("04:30:00");
    expect(writes(bench, "02:00:00", "04:00:00")).toEqual([
      "amplifier.mute=1",
      "amplifier.power=1",
      "zone.1=1",
      "zone.1=0",
      "amplifier.power=0",
    ]);
    expect(bench.selfTests).toEqual([
      {
        kind: "self-test",
        at: expect.any(Number),
        outcome: "passed",
        cause: null,
        switches: true,
        readBack: true,
        line: null,
        lineCurrentA: null,
        lineImpedanceOhm: null,
      },
    ]);
    expect(bench.plays).toEqual([]);
  });

  test("is made at its own minute between two and four, once a night", () => {
    const bench = nightBench();
    bench.pass(51 * HOUR_MS);
    expect(bench.selfTests.map((one) => toLocal(one.at).time.slice(0, 5))).toEqual([
      slot.slice(0, 5),
      slot.slice(0, 5),
      slot.slice(0, 5),
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 0, max: 365 }), (number, day) => {
        const night = nightAt(boxId.parse(`cum-${number}`), plus(at("12:00:00"), day * 24 * HOUR_MS));
        const { time } = toLocal(night.slotAt);
        expect(time >= "02:00:00" && time < "03:45:00").toBe(true);
      }),
    );
  });

  test("turns an amplifier without a mute down all the way, and only looks at one that cannot be silent", () => {
    const withGain: readonly Capability[] = ["amplifier.power", "amplifier.gain", "zone.1", "zone.2"];
    const loud = nightBench({ capabilities: withGain, gain: { minDb: -60, maxDb: 0 } });
    loud.until("04:30:00");
    expect(writes(loud, "02:00:00", "04:00:00").slice(0, 2)).toEqual([
      "amplifier.gain=-60",
      "amplifier.power=1",
    ]);
    const bare = nightBench({ capabilities: ["amplifier.power", "zone.1"] });
    bare.until("04:30:00");
    expect(writes(bare, "02:00:00", "04:00:00")).toEqual([]);
    expect(bare.selfTests).toMatchObject([{ outcome: "passed", switches: null }]);
  });

  test.each<[string, (bench: Bench) => void, string]>([
    ["a relay that is stuck", (bench) => refuse(bench, "zone.1"), "amplifier-refused"],
    [
      "a relay whose contact says otherwise",
      ({ knobs }) => void knobs.readings.set("amplifier.power", 0),
      "amplifier-refused",
    ],
    ["a line that is open", ({ knobs }) => void knobs.readings.set("speakerLine.open", 1), "line-open"],
    ["a line that is shorted", ({ knobs }) => void knobs.readings.set("speakerLine.short", 1), "line-short"],
  ])("%s is found before anybody is to hear it", (_, strike, cause) => {
    const bench = nightBench();
    bench.until("01:30:00");
    strike(bench);
    bench.until("04:30:00");
    expect(bench.selfTests).toMatchObject([{ outcome: "failed", cause }]);
  });

  test("an amplifier that dies under the test has failed it; one that was dead all night was not tested", () => {
    const dying = nightBench();
    dying.pass(slotAt - dying.now() + 30);
    dying.knobs.isAmplifierDead = true;
    dying.until("04:30:00");
    expect(dying.selfTests).toMatchObject([{ outcome: "failed", cause: "amplifier-unreachable" }]);
    const dead = nightBench();
    dead.until("01:30:00");
    dead.knobs.isAmplifierDead = true;
    dead.until("04:30:00");
    expect(dead.selfTests).toMatchObject([{ outcome: "skipped", cause: "amplifier-unreachable" }]);
  });

  test("a device with a test of its own is asked for it, and its word is the result", () => {
    const bench = nightBench({ sequences: ["quiet-test"] });
    bench.until("04:30:00");
    expect(bench.ran.map(({ name }) => name)).toEqual(["quiet-test"]);
    expect(bench.selfTests).toMatchObject([{ outcome: "passed" }]);
    const failing = nightBench({ sequences: ["quiet-test"] });
    failing.knobs.ran = () => "not-as-expected";
    failing.until("04:30:00");
    expect(failing.selfTests).toMatchObject([{ outcome: "failed", cause: "self-test-failed" }]);
  });

  test("waits while something is due within ten minutes", () => {
    const soon = toLocal(plus(slotAt, 8 * MINUTE_MS)).time;
    const bench = agentBench({ clips: [news], beginsAt: "01:00:00" });
    bench.sendPlan(planOf(1, [daily("dem", [soon], [news])]));
    bench.until("04:30:00");
    expect(bench.selfTests).toHaveLength(1);
    expect(bench.selfTests[0]?.at).toBeGreaterThan(plus(slotAt, 13 * MINUTE_MS));
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("what was found outlives a power cut", () => {
    const bench = nightBench();
    bench.until("04:30:00");
    const after = agentBench({ clips: [news], beginsAt: "04:40:00", memory: bench.state.memory });
    after.pass(2 * HOUR_MS);
    expect(after.selfTests).toEqual([]);
  });

  test("a box that was off all night says so, and makes up for it by day", () => {
    const before = nightBench();
    before.until("04:30:00");
    const { memory } = before.state;
    const selfTest = { ...memory.selfTest, last: null, doneAt: plus(slotAt, -24 * HOUR_MS) };
    const bench = agentBench({ clips: [news], beginsAt: "06:00:00", memory: { ...memory, selfTest } });
    bench.pass(HOUR_MS);
    expect(bench.selfTests.map(({ outcome }) => outcome)).toEqual(["skipped", "passed"]);
    const never = { ...memory, selfTest: NO_TESTS, ownsFrom: plus(slotAt, -40 * HOUR_MS) };
    const old = agentBench({ clips: [news], beginsAt: "06:00:00", memory: never });
    old.pass(HOUR_MS);
    expect(old.selfTests.map(({ outcome }) => outcome)).toEqual(["skipped", "passed"]);
  });

  test("one that failed is made again every hour, until what was mended has passed", () => {
    const bench = nightBench();
    refuse(bench, "zone.1");
    bench.until("07:00:00");
    const failed = bench.selfTests.length;
    expect(failed).toBeGreaterThanOrEqual(3);
    expect(bench.selfTests.every(({ outcome }) => outcome === "failed")).toBe(true);
    bench.knobs.refuses = null;
    bench.until("20:00:00");
    expect(bench.selfTests.slice(failed).map(({ outcome }) => outcome)).toEqual(["passed"]);
    expect(selfTestFaults(bench.state.memory.selfTest)).toEqual([]);
  });

  test("one that failed before midnight is made again before its minute of the night, and at it", () => {
    const bench = agentBench({ clips: [news], beginsAt: "23:00:00" });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    const { memory } = bench.state;
    const last: SelfTest = { ...PASSED, at: at("22:10:00"), outcome: "failed" };
    const selfTest = { ...NO_TESTS, last, doneAt: last.at };
    bench.change({ memory: { ...memory, ownsFrom: plus(slotAt, -40 * HOUR_MS), selfTest } });
    refuse(bench, "zone.1");
    bench.pass(plus(slotAt, 24 * HOUR_MS) - bench.now() + MINUTE_MS);
    const times = bench.selfTests.map((one) => toLocal(one.at).time.slice(0, 5));
    const before = ["23:10", "00:10", "01:10", "02:10", "03:10"].filter(
      (time) => time < slot || time > "12:00",
    );
    expect(times).toEqual([...before, slot.slice(0, 5)]);
  });

  test("one that failed stands until one has passed, though nobody could look for a whole night", () => {
    const bench = nightBench();
    refuse(bench, "zone.1");
    bench.until("04:30:00");
    const { memory } = bench.state;
    expect(memory.selfTest.last?.outcome).toBe("failed");
    const next = agentBench({ clips: [news], beginsAt: "04:40:00", memory });
    next.knobs.isAmplifierDead = true;
    next.pass(30 * HOUR_MS);
    expect(selfTestFaults(next.state.memory.selfTest)).toMatchObject([{ kind: "self-test-failed" }]);
    next.knobs.isAmplifierDead = false;
    next.pass(HOUR_MS);
    const outcomes = next.selfTests.map(({ outcome }) => outcome);
    expect(outcomes).not.toContain("skipped");
    expect(outcomes.at(-1)).toBe("passed");
    expect(selfTestFaults(next.state.memory.selfTest)).toEqual([]);
  });

  test("a box that is new this morning waits for its first night", () => {
    const bench = agentBench({ clips: [news], beginsAt: "06:00:00" });
    bench.sendPlan(planOf(1, [daily("sang", ["07:00:00"], [news])]));
    bench.pass(18 * HOUR_MS);
    expect(bench.selfTests).toEqual([]);
    expect(bench.state.readiness.found.at(-1)?.lacks).toEqual([]);
  });
});

test.each([
  ["as it always was", 0.3, []],
  ["a quarter less than usual", 0.225, ["line-drifting"]],
] as const)(
  "a line that draws %s is judged by the day's programmes in the night after",
  (_, currentA, faults) => {
    const nights = [-5, -4, -3, -2, -1].map((day) => ({
      at: plus(slotAt, day * 24 * HOUR_MS),
      zones: "zone.1",
      currentA: 3,
      impedanceOhm: null,
    }));
    const selfTest = { last: PASSED, doneAt: slotAt, lines: nights, driftingSince: null };
    const bench = agentBench({
      clips: [news],
      beginsAt: "04:50:00",
      memory: { selfTest },
      capabilities: [...CAPABILITIES, "speakerLine.current"],
    });
    bench.knobs.lineCurrentA = currentA;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.pass(23 * HOUR_MS);
    expect(bench.verdicts()).toEqual([["heard", null]]);
    expect(bench.selfTests).toMatchObject([{ outcome: "passed", lineCurrentA: currentA * 10 }]);
    expect(selfTestFaults(bench.state.memory.selfTest).map(({ kind }) => kind)).toEqual(faults);
  },
);

describe("an emergency in the middle of the test", () => {
  const emergency = {
    id: "019ac000-0000-7000-8000-0000000000aa",
    severity: "actual",
    headline: "Lũ quét",
    sirenMs: 3_000,
    notice: null,
    times: 1,
    gapMs: 0,
  };
  const raise = (bench: Bench) =>
    bench.envelope("emergency", {
      emergency: { ...emergency, at: bench.now(), expiresAt: plus(bench.now(), HOUR_MS) },
    });
  /** From the command to a power that reads back as on and a line that is switched through. */
  const msUntilOn = (bench: Bench) => {
    const { registers } = bench;
    for (let ms = 0; ms < 10 * SECOND_MS; ms += 20) {
      const isOn =
        registers.get("amplifier.power") === 1 &&
        registers.get("zone.1") === 1 &&
        registers.get("amplifier.mute") === 0;
      if (isOn) return ms;
      bench.pass(20);
    }
    return Number.POSITIVE_INFINITY;
  };

  test("has the amplifier up as fast as without one, wherever the test is", () => {
    const plain = nightBench();
    plain.until("01:30:00");
    raise(plain);
    const plainMs = msUntilOn(plain);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (afterMs) => {
        const bench = nightBench();
        bench.pass(slotAt - bench.now() + afterMs);
        raise(bench);
        // One write that was under way, and one that it undid.
        expect(msUntilOn(bench)).toBeLessThanOrEqual(plainMs + 60);
        bench.until("04:30:00");
        expect(bench.verdicts()).toEqual([["heard", null]]);
        // And it is made after the emergency, in the same night.
        expect(bench.selfTests).toMatchObject([{ outcome: "passed" }]);
      }),
      { numRuns: 25 },
    );
  });

  test("a command that only brings a plan does not disturb it", () => {
    const bench = nightBench();
    bench.pass(slotAt - bench.now() + 50);
    bench.sendPlan(planOf(2, [daily("sang", ["05:10:00"], [news])]));
    bench.until("04:30:00");
    expect(bench.selfTests).toMatchObject([{ outcome: "passed" }]);
  });
});
