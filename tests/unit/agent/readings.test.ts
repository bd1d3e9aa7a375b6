import { NO_DEVICES } from "@loa/edge-agent/core/devices.ts";
import {
  afterPoint,
  afterValues,
  type Known,
  looksMoved,
  NOTHING_READ,
  readAtOf,
} from "@loa/edge-agent/core/readings.ts";
import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const points = ["amplifier.power", "amplifier.level", "zone.1", "cabinet.temperature"] as const;

function after(known: Known, values: readonly PointValue[], at: number): Known {
  const event = { kind: "device-values", device: ONLY_DEVICE, at: asMonotonic(at), values } as const;
  return afterValues(known, event, NO_DEVICES, asInstant(at));
}

function good(capability: Capability, value: number): PointValue {
  return { capability, quality: "good", value };
}

function readingOf(known: Known, point: Capability) {
  return { value: known.actual[point]?.value, at: readAtOf(known, point) };
}

test("a look that finds the same makes it younger, and nothing that was read is replaced", () => {
  const round = [good("amplifier.power", 1), good("zone.1", 0)];
  const first = after(NOTHING_READ, round, 1_000);
  const second = after(first, [...round], 2_000);
  const third = after(second, round, 3_000);
  expect(third.actual).toBe(first.actual);
  expect(readingOf(third, "zone.1")).toEqual({ value: 0, at: 3_000 });
  expect(readingOf(first, "zone.1")).toEqual({ value: 0, at: 1_000 });
});

test("a point that was read by itself, and one that moved, have instants of their own", () => {
  const round = [good("amplifier.power", 1), good("zone.1", 0)];
  const read = afterPoint(after(NOTHING_READ, round, 1_000), "amplifier.power", 0, asInstant(2_000));
  expect(readAtOf(read, "zone.1")).toBe(1_000);
  expect(readAtOf(read, "amplifier.power")).toBe(2_000);
  const both = after(read, [good("amplifier.power", 0), good("zone.1", 1)], 3_000);
  const later = { ...both, looks: looksMoved(both.looks, 10) };
  expect(points.map((point) => readAtOf(later, point))).toEqual([3_010, null, 3_010, null]);
  const lost = afterPoint(both, "zone.1", null, asInstant(4_000));
  expect(Object.keys(lost.actual)).toEqual(["amplifier.power"]);
  expect(readAtOf(after(lost, [good("amplifier.power", 0)], 5_000), "amplifier.power")).toBe(5_000);
});

test("whatever is read in whatever order, every point has its last value and the instant of its last look", () => {
  const value = fc.constantFrom(0, 1, null);
  const look = fc.dictionary(fc.constantFrom(...points), value, { minKeys: 1 });
  const often = fc.constantFrom({ "zone.1": 0 }, { "zone.1": 0, "amplifier.power": 1 });
  fc.assert(
    fc.property(fc.array(fc.oneof(look, often)), (all) => {
      const expected = new Map<string, { readonly value: number | null; readonly at: number }>();
      const answers = new Map<string, readonly PointValue[]>();
      let known = NOTHING_READ;
      for (const [index, one] of all.entries()) {
        const entries = Object.entries(one) as [Capability, number | null][];
        const values = entries.map(
          ([capability, found]): PointValue =>
            found === null ? { capability, quality: "invalid" } : good(capability, found),
        );
        // As a driver does it, the same answer is sometimes the same array.
        const name = JSON.stringify(values);
        const same = answers.get(name) ?? values;
        if (index % 2 === 0) answers.set(name, same);
        known = after(known, same, index);
        for (const [point, found] of entries) expected.set(point, { value: found, at: index });
      }
      for (const point of points)
        expect(readingOf(known, point)).toEqual(expected.get(point) ?? { value: undefined, at: null });
    }),
  );
});
