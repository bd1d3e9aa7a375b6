import { en } from "@loa/controller/web/i18n/en.ts";
import { sayAgainst, sayChange, sayMegabytes, sayMonth, sayNumber } from "@loa/controller/web/i18n/say.ts";
import { vi } from "@loa/controller/web/i18n/vi.ts";
import { IDLE_BUDGET_BYTES, sharesOf } from "@loa/controller/web/view/data-use.ts";
import { problemsFirst } from "@loa/controller/web/view/trouble.ts";
import { whyWithoutValue } from "@loa/controller/web/view/without-value.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { boxRow } from "../support/web-rows.ts";

describe("what a box costs in data", () => {
  const use = {
    month: "2026-11",
    upBytes: 4_000_000,
    downBytes: 44_000_000,
    soundBytes: 38_000_000,
    aroundBytes: 5_000_000,
    at: asInstant(0),
  };

  it("is measured against the budget without its sound", () => {
    const shares = sharesOf(use);
    expect(shares).toMatchObject({ idle: 10_000_000, sound: 38_000_000, total: 53_000_000 });
    expect(shares.share).toBeCloseTo(10_000_000 / IDLE_BUDGET_BYTES);
  });

  it("is never less than nothing, also where a box counts its sound later than its bytes", () => {
    expect(sharesOf({ ...use, soundBytes: 60_000_000 }).idle).toBe(0);
  });

  it("is said in megabytes of a million, by month", () => {
    expect(sayMegabytes(vi, 12_345_678)).toBe("12,3 MB");
    expect(sayMonth("2026-11")).toBe("11/2026");
  });
});

describe("measured values", () => {
  it("of some milliamperes are not said as none", () => {
    expect([0.004, 0.02, 0.52, 9.999, 223.44, 12_345].map((one) => sayNumber(vi, one))).toEqual([
      "0,004",
      "0,02",
      "0,52",
      "10",
      "223,4",
      "12345",
    ]);
  });

  it("that moved away from the usual are said with their sign", () => {
    expect([0.34, 0, -0.291].map((one) => sayChange(en, one))).toEqual(["+34 %", "0 %", "−29 %"]);
  });
});

describe("a point without a value", () => {
  const line = {
    capability: "speakerLine.impedance",
    unit: "Ω",
    at: asInstant(0),
    quality: "invalid",
  } as const;
  const raised = { severity: "critical", since: asInstant(0), value: 0, threshold: 1 } as const;

  it("of a healthy box is not measured yet, and cannot be read where a fault of it stands", () => {
    expect(whyWithoutValue({ ...line, value: null }, [])).toBe("not-measured");
    const door = { ...raised, kind: "cabinet-open", point: "cabinet.door" } as const;
    expect(whyWithoutValue({ ...line, value: null }, [door])).toBe("not-measured");
    const open = { ...raised, kind: "line-open", point: "speakerLine.impedance" } as const;
    expect(whyWithoutValue({ ...line, value: null }, [open])).toBe("unreadable");
  });

  it("is no point with one", () => {
    expect(whyWithoutValue({ ...line, value: 166 }, [])).toBeNull();
  });
});

describe("what stands against a session", () => {
  it("is said in the words of its kind", () => {
    const severity = "critical";
    expect(sayAgainst(vi, { kind: "presence", state: "offline", severity })).toBe("mất liên lạc");
    expect(sayAgainst(vi, { kind: "fault", fault: "line-open", severity })).toBe(
      vi.words.fault["line-open"].toLowerCase(),
    );
    expect(sayAgainst(vi, { kind: "no-look", severity })).toContain("15 phút trước giờ phát");
  });

  it("brings a box with a doubt before those without", () => {
    const doubtful = boxRow("z", { against: [{ kind: "no-look", severity: "warning" }] });
    expect(problemsFirst([boxRow("a"), doubtful]).map((row) => row.boxId)).toEqual(["z", "a"]);
  });
});
