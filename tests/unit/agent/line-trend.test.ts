import { NO_AMPLIFIER } from "@loa/edge-agent/core/amplifier.ts";
import {
  DRIFT_SHARE,
  fullCurrentOf,
  isDrifting,
  MAX_LINE_RESULTS,
  withReading,
  withResult,
} from "@loa/edge-agent/core/line-trend.ts";
import type { LineResult, LineTally } from "@loa/edge-agent/core/memory.ts";
import type { AmplifierState } from "@loa/edge-agent/core/state.ts";
import { DAY_MS, HOUR_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { at } from "../../support/agent-bench.ts";
import { knownOf } from "../../support/known-readings.ts";

const begins = at("05:00:00");
/** What four horns of 30 W draw on a 100 V line at full output, A. */
const FULL_A = 1.2;

function amplifierAt(second: number, levelDb: number, currentA: number, zones = [1]): AmplifierState {
  const when = plus(begins, second * SECOND_MS);
  const on = zones.map((zone) => [`zone.${zone}`, { value: 1, at: when }] as const);
  return {
    ...NO_AMPLIFIER,
    capabilities: ["zone.1", "zone.2", "amplifier.level", "speakerLine.current"],
    ...knownOf({
      "amplifier.level": { value: levelDb, at: when },
      "speakerLine.current": { value: currentA, at: when },
      ...Object.fromEntries(on),
    }),
  };
}

/** One reading a second, of levels that come and go like speech. */
function dayOf(levels: readonly number[], fullA: number): LineTally | null {
  return levels.reduce<LineTally | null>(
    (tally, levelDb, second) =>
      withReading(tally, amplifierAt(second, levelDb, fullA * 10 ** (levelDb / 20))),
    null,
  );
}

function results(currents: readonly number[], zones = "zone.1"): readonly LineResult[] {
  return currents.map((currentA, day) => ({
    at: plus(begins, day * DAY_MS),
    zones,
    currentA,
    impedanceOhm: null,
  }));
}

test("the current at full output is the same however loud the day was", () => {
  const speech = fc.array(fc.double({ min: -29, max: 0, noNaN: true }), { minLength: 60, maxLength: 200 });
  fc.assert(
    fc.property(speech, (levels) => {
      expect(Math.abs((fullCurrentOf(dayOf(levels, FULL_A)) ?? 0) - FULL_A)).toBeLessThan(0.01);
    }),
  );
});

test("a minute of readings is needed, pauses and quiet words do not count, and no reading counts twice", () => {
  expect(fullCurrentOf(dayOf(Array(59).fill(-12), FULL_A))).toBeNull();
  expect(fullCurrentOf(dayOf(Array(300).fill(-35), FULL_A))).toBeNull();
  const once = withReading(null, amplifierAt(0, -12, 0.3));
  expect(withReading(once, amplifierAt(0, -12, 0.3))).toBe(once);
});

test("a level and a current that were not read together say nothing of each other", () => {
  const apart = amplifierAt(0, -12, 0.3);
  const level = { value: -12, at: plus(begins, 5 * SECOND_MS) };
  expect(withReading(null, { ...apart, ...knownOf({ "amplifier.level": level }, apart) })).toBeNull();
});

test("with other lines switched on the count begins anew", () => {
  const first = withReading(null, amplifierAt(0, -12, 0.3, [1]));
  expect(withReading(first, amplifierAt(1, -12, 0.6, [1, 2]))).toMatchObject({
    zones: "zone.1,zone.2",
    readings: 1,
  });
});

test("a horn of four that dies is noticed the next night; a tenth more or less is not", () => {
  const usual = [1.2, 1.18, 1.25, 1.15, 1.21, 1.19];
  expect(isDrifting(results([...usual, 0.9]))).toBe(true);
  expect(isDrifting(results([...usual, 1.08]))).toBe(false);
  expect(isDrifting(results([...usual, 1.55]))).toBe(true);
});

test("nothing drifts before five nights are known, or when other lines are switched on", () => {
  expect(isDrifting(results([1.2, 1.2, 1.2, 1.2, 0.3]))).toBe(false);
  expect(isDrifting([...results([1.2, 1.2, 1.2, 1.2, 1.2]), ...results([0.6], "zone.1,zone.2")])).toBe(false);
});

test("within the band nothing drifts, outside of it everything does", () => {
  const share = fc.double({ min: -0.9, max: 0.9, noNaN: true });
  fc.assert(
    fc.property(share, fc.integer({ min: 5, max: 29 }), (moved, nights) => {
      fc.pre(Math.abs(Math.abs(moved) - DRIFT_SHARE) > 1e-6);
      const lines = results([...Array<number>(nights).fill(FULL_A), FULL_A * (1 + moved)]);
      expect(isDrifting(lines)).toBe(Math.abs(moved) > DRIFT_SHARE);
    }),
  );
});

test("an impedance that the device measures itself is watched the same way", () => {
  const nights = [80, 82, 79, 81, 80, 120].map((impedanceOhm, day) => ({
    at: plus(begins, day * DAY_MS),
    zones: "",
    currentA: null,
    impedanceOhm,
  }));
  expect(isDrifting(nights.slice(0, 5))).toBe(false);
  expect(isDrifting(nights)).toBe(true);
});

test("a month is kept, and a night without a measurement takes no place in it", () => {
  const [one] = results([1]);
  if (one === undefined) expect.fail("no result");
  const nights = Array.from({ length: 50 }, (_, day) => ({ ...one, at: plus(begins, day * DAY_MS) }));
  const many = nights.reduce(withResult, [] as readonly LineResult[]);
  expect(many).toHaveLength(MAX_LINE_RESULTS);
  expect(withResult(many, { ...one, currentA: null })).toBe(many);
});

test("a test that is made again every hour for a week never becomes what is usual", () => {
  const month = results(Array<number>(MAX_LINE_RESULTS).fill(FULL_A));
  const from = month.at(-1);
  if (from === undefined) expect.fail("no result");
  const hours = Array.from({ length: 7 * 24 }, (_, hour) => ({
    ...from,
    at: plus(from.at, (hour + 1) * HOUR_MS),
    currentA: FULL_A / 2,
  }));
  expect(isDrifting(hours.reduce(withResult, month))).toBe(true);
});

test("a test that is made again measures less than the night's, and takes nothing of it away", () => {
  const nights = results(Array<number>(6).fill(FULL_A)).map((one) => ({ ...one, impedanceOhm: 80 }));
  const night = { at: plus(begins, 6 * DAY_MS), zones: "zone.1", currentA: FULL_A / 2, impedanceOhm: 160 };
  const lines = withResult(nights, night);
  expect(isDrifting(lines)).toBe(true);
  const again = { at: plus(night.at, HOUR_MS), zones: "", currentA: null, impedanceOhm: 158 };
  const later = { at: plus(night.at, 2 * HOUR_MS), zones: "zone.1,zone.2", currentA: null, impedanceOhm: 81 };
  const after = [again, later].reduce(withResult, lines);
  expect(after).toEqual([...nights, { ...night, at: later.at, impedanceOhm: 81 }]);
  expect(isDrifting(after)).toBe(true);
  const drawn = { at: plus(night.at, 3 * HOUR_MS), zones: "zone.1", currentA: FULL_A, impedanceOhm: null };
  expect(withResult(after, drawn)).toEqual([...nights, { ...drawn, impedanceOhm: 81 }]);
});

test("a day of repetitions is one day, whatever lines were on and whatever could be measured", () => {
  const hour = fc.record({
    zones: fc.constantFrom("", "zone.1", "zone.1,zone.2"),
    currentA: fc.constantFrom(null, FULL_A),
    impedanceOhm: fc.constantFrom(null, 80),
  });
  fc.assert(
    fc.property(fc.array(hour, { minLength: 1, maxLength: 12 }), (hours) => {
      const day = hours.map((one, index) => ({ ...one, at: plus(begins, index * HOUR_MS) }));
      const lines = day.reduce(withResult, [] as readonly LineResult[]);
      expect(lines.length).toBeLessThanOrEqual(1);
      const drawn = day.filter(({ currentA }) => currentA !== null).at(-1);
      expect(lines[0]?.currentA ?? null).toBe(drawn?.currentA ?? null);
      if (drawn !== undefined) expect(lines[0]?.zones).toBe(drawn.zones);
    }),
  );
});
