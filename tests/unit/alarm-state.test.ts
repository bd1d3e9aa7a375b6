import { type AlarmState, quietAlarm, stepAlarm } from "@loa/shared/device/alarm-state.ts";
import type { PointAlarm } from "@loa/shared/device/profile-parts.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, it } from "vitest";

const hot: PointAlarm = {
  fault: "cabinet-hot",
  when: { above: 65 },
  hysteresis: 5,
  raiseAfterMs: 10_000,
  clearAfterMs: 20_000,
  severity: "warning",
};

/** One reading a second from 0. */
function after(alarm: PointAlarm, readings: readonly (number | null)[]): AlarmState {
  return readings.reduce<AlarmState>(
    (state, value, index) => stepAlarm(alarm, state, value, asMonotonic(index * 1_000)),
    quietAlarm,
  );
}
const times = (count: number, value: number | null) => Array.from({ length: count }, () => value);

it("a fault is raised when its condition has held long enough, not before", () => {
  expect(after(hot, times(10, 70)).isRaised).toBe(false);
  expect(after(hot, times(11, 70)).isRaised).toBe(true);
  expect(after(hot, [...times(9, 70), 60, ...times(10, 70)]).isRaised).toBe(false);
});

it("it clears only beyond the hysteresis, and only when that lasts", () => {
  const raised = times(11, 70);
  expect(after(hot, [...raised, ...times(60, 63)]).isRaised).toBe(true);
  expect(after(hot, [...raised, ...times(20, 59)]).isRaised).toBe(true);
  expect(after(hot, [...raised, ...times(21, 59)]).isRaised).toBe(false);
});

it("a broken sensor neither raises nor clears", () => {
  expect(after(hot, times(100, null)).isRaised).toBe(false);
  expect(after(hot, [...times(11, 70), ...times(100, null)]).isRaised).toBe(true);
});

it("below and equals work the same way", () => {
  const low = { ...hot, when: { below: 30 }, hysteresis: 10 };
  expect(after(low, times(11, 29)).isRaised).toBe(true);
  expect(after(low, [...times(11, 29), ...times(40, 35)]).isRaised).toBe(true);
  const open = { ...hot, when: { equals: 1 }, hysteresis: 0, raiseAfterMs: 0 };
  expect(after(open, [1]).isRaised).toBe(true);
});

it("it never flips faster than its shorter time", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(50, 63, 70, null), { maxLength: 200 }), (readings) => {
      let state = quietAlarm;
      let flippedAt = Number.NEGATIVE_INFINITY;
      for (const [index, value] of readings.entries()) {
        const next = stepAlarm(hot, state, value, asMonotonic(index * 1_000));
        if (next.isRaised !== state.isRaised) {
          expect(index * 1_000 - flippedAt).toBeGreaterThanOrEqual(10_000);
          flippedAt = index * 1_000;
        }
        state = next;
      }
    }),
  );
});
