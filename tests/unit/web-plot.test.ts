import { meterShare, plotOf, waveformPath } from "@loa/controller/web/view/plot.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { expect, it } from "vitest";

const at = asInstant;

it("a chart holds each value until the next one, to the end of the period", () => {
  const samples = [
    { at: at(0), value: 10 },
    { at: at(50), value: 20 },
  ];
  expect(plotOf(samples, at(0), at(100), 100, 10)).toEqual({
    path: "M0 10L50 10L50 0L100 0",
    low: 10,
    high: 20,
  });
});

it("a reading that failed leaves a gap, not a zero", () => {
  const samples = [
    { at: at(0), value: 10 },
    { at: at(40), value: null },
    { at: at(60), value: 10 },
  ];
  expect(plotOf(samples, at(0), at(100), 100, 10)?.path).toBe("M0 10L40 10M60 10L100 10");
});

it("a period without values has no chart", () => {
  expect(plotOf([{ at: at(0), value: null }], at(0), at(100), 100, 10)).toBeNull();
  expect(waveformPath([], 100, 10)).toBe("");
});

it("a meter runs from −60 dBFS to full scale and stops at both ends", () => {
  expect([-90, -60, -30, 0, 3].map((db) => meterShare(db))).toEqual([0, 0, 0.5, 1, 1]);
});
