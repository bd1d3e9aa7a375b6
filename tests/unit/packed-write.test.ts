import { allowsWrite, readsBefore, writeRequest } from "@loa/shared/device/point-write.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { pointWith } from "../support/arbitrary-point.ts";

const limits = { verifyWithinMs: 0, minIntervalMs: 0 };
/** Four bits in the middle of a holding register, the plain read-modify-write. */
const point = pointWith({
  capability: "siren.message",
  space: "holding",
  address: 7,
  bits: { first: 4, last: 7 },
  write: {
    function: 6,
    compose: [{ space: "holding", address: 7, bits: { first: 0, last: 15 }, to: 0 }],
    min: 0,
    max: 15,
    ...limits,
  },
});

it("only the value's own bits change", () => {
  const word = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(word, fc.integer({ min: 0, max: 15 }), (before, value) => {
      const made = writeRequest(point, value, [{ space: "holding", address: 7, word: before }]);
      expect(made).toEqual({
        ok: true,
        value: { kind: "write", function: 6, address: 7, values: [(before & 0xff0f) | (value << 4)] },
      });
    }),
  );
});

it("nothing is written while the rest of the word is unknown: zeros there would switch something off", () => {
  expect(readsBefore(point)).toEqual([{ space: "holding", address: 7 }]);
  expect(writeRequest(point, 3)).toEqual({ ok: false, error: "not-supported" });
  expect(writeRequest(point, 3, [{ space: "input", address: 7, word: 0 }]).ok).toBe(false);
});

it("a value that does not fit its bits is not allowed", () => {
  expect([0, 15].every((value) => allowsWrite(point, value))).toBe(true);
  expect([-1, 16].some((value) => allowsWrite(point, value))).toBe(false);
});
