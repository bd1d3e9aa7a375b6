import { decodePoint, encodePoint, rawRange, toleranceOf } from "@loa/shared/device/registers.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { anyPoint, pointWith } from "../support/arbitrary-point.ts";

it("a value that a register can hold comes back within half a step", () => {
  const pointAndRaw = anyPoint.chain((point) => {
    const { min, max } = rawRange[point.type];
    const raw =
      point.type === "f32"
        ? fc.float({ noNaN: true, min: Math.fround(-1e30), max: Math.fround(1e30) })
        : fc.integer({ min, max });
    return fc.record({ point: fc.constant(point), raw });
  });
  fc.assert(
    fc.property(pointAndRaw, ({ point, raw }) => {
      const value = raw * point.scale + point.offset;
      const words = encodePoint(point, value);
      expect(words.ok).toBe(true);
      if (!words.ok) return;
      for (const word of words.value) expect(word).toBe(word & 0xffff);
      const found = decodePoint(point, words.value);
      expect(found.quality).toBe("good");
      // Twelve digits are kept, and a float has seven.
      const digits = Math.max(Math.abs(value), Math.abs(point.offset)) * (point.type === "f32" ? 1e-6 : 1e-9);
      if (found.quality === "good")
        expect(Math.abs(found.value - value)).toBeLessThanOrEqual(toleranceOf(point) + digits);
    }),
    { numRuns: 2_000 },
  );
});

it("a value beyond the register is refused, never wrapped round", () => {
  fc.assert(
    fc.property(anyPoint, fc.double({ min: 1.01, max: 1e6, noNaN: true }), (point, factor) => {
      const { max } = rawRange[point.type];
      expect(encodePoint({ ...point, offset: 0 }, max * factor * point.scale + point.scale).ok).toBe(false);
    }),
  );
});

it("a raw number that means no value is invalid, not a number", () => {
  const sensor = pointWith({ type: "s16", scale: 0.1, invalid: [-32768, 32767] });
  expect(decodePoint(sensor, [0x8000]).quality).toBe("invalid");
  expect(decodePoint(sensor, [0x7fff]).quality).toBe("invalid");
  expect(decodePoint(sensor, [0])).toMatchObject({ quality: "good", value: 0 });
  expect(encodePoint(sensor, 3276.7).ok).toBe(false);
});

it("a float that is no number, and a reading that cannot be, are invalid", () => {
  expect(decodePoint(pointWith({ type: "f32" }), [0x7fc0, 0]).quality).toBe("invalid");
  expect(decodePoint(pointWith({ type: "f32" }), [0x7f80, 0]).quality).toBe("invalid");
  expect(decodePoint(pointWith({ type: "u16", range: { min: 0, max: 300 } }), [301]).quality).toBe("invalid");
});

it("a reply that is too short is invalid", () => {
  expect(decodePoint(pointWith({ type: "u32" }), [1]).quality).toBe("invalid");
  expect(decodePoint(pointWith({ type: "u16" }), []).quality).toBe("invalid");
});

it("word order says which half has the lower address", () => {
  expect(decodePoint(pointWith({ type: "u32", wordOrder: "low-first" }), [0x86a0, 1])).toMatchObject({
    value: 100_000,
  });
  expect(decodePoint(pointWith({ type: "u32", wordOrder: "high-first" }), [1, 0x86a0])).toMatchObject({
    value: 100_000,
  });
  expect(decodePoint(pointWith({ type: "s32" }), [0xffff, 0xfffe])).toMatchObject({ value: -2 });
});
