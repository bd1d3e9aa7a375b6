import { describe, expect, test } from "vitest";
import { idleMonth } from "../support/idle-month.ts";

const MB = 1_000_000;

describe("a box that has nothing to do for 30 days", () => {
  test("uses at most 15 MB as it counts itself, and counts what really went over the line", async () => {
    const { told, overheardBytes } = await idleMonth();
    const used = told.up + told.down;
    expect(told.m).toBe("2026-12");
    // The manifest of a plan without clips.
    expect(told.sound).toBeLessThan(1_000);
    expect(used).toBeLessThanOrEqual(15 * MB);
    // Pings, acknowledgements and connections are what nobody overhears.
    expect(used).toBeGreaterThan(overheardBytes * 0.99);
    expect(used).toBeLessThan(overheardBytes + 1 * MB);
  }, 60_000);
});
