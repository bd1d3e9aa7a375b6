import { expiryAt } from "@loa/controller/domain/expiry.ts";
import { asInstant, DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";

const end = asInstant(Date.UTC(2027, 0, 1));
const daysBefore = (days: number) => plus(end, -days * DAY_MS);

describe("the end of a certificate that nobody renews by himself", () => {
  test.each([
    [61, "valid", null],
    [60, "expiring", 60],
    [31, "expiring", 60],
    [30, "expiring", 30],
    [14, "expiring", 14],
    [7, "expiring", 7],
    [1, "expiring", 1],
    [0, "expired", 1],
    [-100, "expired", 1],
  ] as const)("%s days ahead is %s, with the alarm of %s days", (days, state, alarmDays) => {
    expect(expiryAt({ notAfter: end, renewsAt: null }, daysBefore(days))).toEqual({ state, alarmDays });
  });
});

describe("the end of a certificate that renews itself", () => {
  const expiring = { notAfter: end, renewsAt: daysBefore(30) };

  test("is no alarm while its renewal is not due, nor for three days after", () => {
    expect(expiryAt(expiring, daysBefore(45)).alarmDays).toBeNull();
    expect(expiryAt(expiring, daysBefore(27.5)).alarmDays).toBeNull();
  });

  test("is one as soon as the renewal is late", () => {
    expect(expiryAt(expiring, daysBefore(27))).toEqual({ state: "expiring", alarmDays: 30 });
    expect(expiryAt(expiring, daysBefore(6))).toEqual({ state: "expiring", alarmDays: 7 });
    expect(expiryAt(expiring, end).state).toBe("expired");
  });
});
