import { meterShare, plotOf, ticksOf, waveformPath } from "@loa/controller/web/view/plot.ts";
import { asInstant, DAY_MS, plus, toLocal } from "@loa/shared/kernel/time.ts";
import { expect, it } from "vitest";

const at = asInstant;

const frame = { from: at(0), to: at(100), width: 100, height: 10, holdMs: 60, limit: null };
const one = (when: number, value: number | null) => ({ at: at(when), value, low: value, high: value });

it("a chart holds each value until the next one, to the end of the period", () => {
  expect(plotOf([one(0, 10), one(50, 20)], frame)).toEqual({
    path: "M0 10L50 10L50 0L100 0",
    band: "",
    limitY: null,
    low: 10,
    high: 20,
  });
});

it("a reading that failed leaves a gap, not a zero", () => {
  expect(plotOf([one(0, 10), one(40, null), one(60, 10)], frame)?.path).toBe("M0 10L40 10M60 10L100 10");
});

it("a value does not hold for ever: what nobody measured is a gap", () => {
  const short = { ...frame, holdMs: 20 };
  expect(plotOf([one(0, 10), one(50, 10)], short)?.path).toBe("M0 10L20 10M50 10L70 10");
});

it("a peak within a stretch is drawn though the stretch ended below it", () => {
  const stretch = { at: at(0), value: 10, low: 5, high: 25 };
  expect(plotOf([stretch, one(50, 10)], frame)).toMatchObject({
    band: "M0 10V0H50V10Z",
    low: 5,
    high: 25,
  });
});

it("a limit lies within the picture, however far the values are from it", () => {
  expect(plotOf([one(50, 10)], { ...frame, limit: 30 })).toMatchObject({ limitY: 0, path: "M50 10L100 10" });
  expect(plotOf([one(50, 10)], { ...frame, limit: 0 })).toMatchObject({ limitY: 10, path: "M50 0L100 0" });
});

it("a period without values has no chart", () => {
  expect(plotOf([one(0, null)], frame)).toBeNull();
  expect(waveformPath([], 100, 10)).toBe("");
});

it("marks below a chart stand at whole hours of the province, or at its midnights", () => {
  const noon = at(Date.UTC(2026, 10, 23, 5));
  const said = (days: number) =>
    ticksOf(plus(noon, -days * DAY_MS), noon).map((tick) => {
      const { date, time } = toLocal(tick.at);
      return tick.isMidnight ? date.slice(5) : time.slice(0, 5);
    });
  expect(said(1)).toEqual(["16:00", "20:00", "11-23", "04:00", "08:00"]);
  expect(said(7)).toEqual(["11-18", "11-19", "11-20", "11-21", "11-22"]);
  expect(said(30).length).toBeLessThanOrEqual(7);
  expect(said(1 / 24)).toEqual(["11:15", "11:30", "11:45"]);
});

it("a meter runs from −60 dBFS to full scale and stops at both ends", () => {
  expect([-90, -60, -30, 0, 3].map((db) => meterShare(db))).toEqual([0, 0, 0.5, 1, 1]);
});
