import {
  afterControllerTime,
  afterHostReport,
  type BoxTime,
  clockErrorAt,
  earliestNow,
  isSigned,
  startTime,
  timeAt,
} from "@loa/edge-agent/core/box-time.ts";
import {
  asInstant,
  asMonotonic,
  DAY_MS,
  HOUR_MS,
  type Instant,
  plus,
  SECOND_MS,
} from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at } from "../../support/agent-bench.ts";

const built = at("00:00:00");
const noon = at("12:00:00");
const zero = asMonotonic(0);
const year = 365 * DAY_MS;

const report = (system: Instant, clock: "synced" | "rtc" | "free", clockErrorMs: number | null = 5) => ({
  system,
  clock,
  clockErrorMs,
});
const booted = (system: Instant) => startTime(system, zero, built);

describe("the box's own time", () => {
  test("at 1970 it is not before the program was built, and is not trusted", () => {
    const time = booted(asInstant(0));
    expect(timeAt(time, zero)).toBe(built);
    expect(time.trust).toBe("untrusted");
    expect(timeAt(time, asMonotonic(5_000))).toBe(plus(built, 5_000));
  });

  test("a clock below the floor is believed by nobody, whoever keeps it", () => {
    const time = booted(asInstant(0));
    for (const kind of ["synced", "rtc", "free"] as const)
      expect(afterHostReport(time, report(plus(built, -1), kind), zero).trust).toBe("untrusted");
    expect(afterControllerTime(time, plus(built, -1), 100, zero)).toBe(time);
  });

  test.each([
    ["untrusted", "synced", "synced"],
    ["untrusted", "rtc", "rtc"],
    ["untrusted", "free", "untrusted"],
    ["rtc", "synced", "synced"],
    ["rtc", "free", "rtc"],
    ["synced", "rtc", "holdover"],
    ["synced", "free", "holdover"],
    ["holdover", "free", "holdover"],
    ["holdover", "rtc", "holdover"],
    ["holdover", "synced", "synced"],
    ["controller", "rtc", "controller"],
    ["controller", "free", "controller"],
    ["controller", "synced", "synced"],
  ] as const)("%s and a clock that is %s: %s", (trust, kind, expected) => {
    const time: BoxTime = { ...booted(noon), trust };
    expect(afterHostReport(time, report(noon, kind), zero).trust).toBe(expected);
  });

  test("a system clock that jumps by a year while nobody keeps it moves nothing and is told", () => {
    const synced = afterHostReport(booted(noon), report(noon, "synced"), zero);
    const jumped = afterHostReport(synced, report(plus(noon, year), "free"), zero);
    expect(timeAt(jumped, zero)).toBe(noon);
    expect(jumped.systemErrorMs).toBe(year);
  });

  test("the estimated error grows while nobody keeps the clock", () => {
    const synced = afterHostReport(booted(noon), report(noon, "synced", 5), zero);
    const later = asMonotonic(DAY_MS);
    expect(clockErrorAt(synced, zero)).toBe(5);
    expect(clockErrorAt(synced, later)).toBeGreaterThan(1_000);
    expect(clockErrorAt(booted(noon), later)).toBeNull();
  });

  test("signed time is taken at half its way, unless the box knows better", () => {
    const taken = afterControllerTime(booted(built), noon, 2 * SECOND_MS, zero);
    expect(timeAt(taken, zero)).toBe(plus(noon, SECOND_MS));
    expect(taken).toMatchObject({ trust: "controller", errorMs: 1_000 });
    const synced = afterHostReport(booted(noon), report(noon, "synced"), zero);
    expect(timeAt(afterControllerTime(synced, plus(noon, HOUR_MS), 100, zero), zero)).toBe(noon);
    expect(afterControllerTime(taken, plus(noon, HOUR_MS), 30 * SECOND_MS, zero)).toBe(taken);
    const better = afterControllerTime(taken, noon, 100, zero);
    expect(better.errorMs).toBe(50);
    expect(timeAt(afterControllerTime(better, plus(noon, 900), 2 * SECOND_MS, zero), zero)).toBe(
      timeAt(better, zero),
    );
  });

  test("a time server raises no floor: only signed time does, and only while the two do not differ by days", () => {
    const forged = afterHostReport(booted(noon), report(plus(noon, 5 * year), "synced"), zero);
    expect(earliestNow(forged, zero)).toBe(built);
    expect(timeAt(afterHostReport(forged, report(noon, "synced"), zero), zero)).toBe(noon);
    const synced = afterHostReport(booted(noon), report(noon, "synced"), zero);
    const told = afterControllerTime(synced, plus(noon, SECOND_MS), 0, zero);
    expect(earliestNow(told, asMonotonic(HOUR_MS))).toBe(plus(noon, SECOND_MS + HOUR_MS));
    const disputed = afterControllerTime(synced, plus(noon, year), 0, zero);
    expect(disputed).toMatchObject({ trust: "controller", isDisputed: true });
    expect(earliestNow(disputed, zero)).toBe(built);
  });

  test("signed time wins over a time server that says another day, and that is told", () => {
    const forged = afterHostReport(booted(noon), report(plus(noon, 5 * year), "synced"), zero);
    // By the word of a time server alone no certificate of the control room is over.
    expect(isSigned(forged)).toBe(false);
    const told = afterControllerTime(forged, noon, 0, zero);
    expect(timeAt(told, zero)).toBe(noon);
    const later = asMonotonic(HOUR_MS);
    const again = afterHostReport(told, report(plus(noon, 5 * year), "synced"), later);
    expect(timeAt(again, later)).toBe(plus(noon, HOUR_MS));
    expect(again.systemErrorMs).toBeGreaterThan(4 * year);
    const mended = afterHostReport(again, report(plus(noon, HOUR_MS), "synced"), later);
    expect(mended).toMatchObject({ trust: "synced", isDisputed: false, systemErrorMs: 0 });
    expect([again, mended].map(isSigned)).toEqual([false, true]);
  });

  test("whatever is reported, time never lies below the floor and runs on between reports", () => {
    const one = fc.record({
      afterMs: fc.integer({ min: 0, max: 10 * DAY_MS }),
      system: fc.integer({ min: 0, max: built + 3 * year }),
      kind: fc.constantFrom("synced", "rtc", "free", "controller"),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (reports) => {
        let mono = zero;
        let time = booted(asInstant(0));
        for (const { afterMs, system, kind } of reports) {
          const before = timeAt(time, mono);
          mono = asMonotonic(mono + afterMs);
          expect(timeAt(time, mono)).toBe(plus(before, afterMs));
          time =
            kind === "controller"
              ? afterControllerTime(time, asInstant(system), 100, mono)
              : afterHostReport(time, report(asInstant(system), kind), mono);
          expect(timeAt(time, mono)).toBeGreaterThanOrEqual(built);
        }
      }),
    );
  });
});
