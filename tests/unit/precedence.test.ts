import {
  type Contender,
  comparePrecedence,
  holderOf,
  ladder,
  rungs,
} from "@loa/shared/broadcast/precedence.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const anyContender: fc.Arbitrary<Contender> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 4 }),
  rung: fc.constantFrom(...rungs),
  order: fc.integer({ min: 0, max: 3 }),
  dueAt: fc.integer({ min: 0, max: 5 }),
});

describe("the ladder", () => {
  it("is the order of domain.md, with no rank twice", () => {
    expect(rungs.map((one) => ladder[one].rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("lets nothing below an actual emergency hold the loudspeaker while one wants it", () => {
    fc.assert(
      fc.property(fc.array(anyContender, { minLength: 1 }), (contenders) => {
        const holder = holderOf([
          ...contenders,
          { id: "flood", rung: "emergency-actual", order: 0, dueAt: 9 },
        ]);
        expect(["silence-key", "emergency-actual"]).toContain(holder?.rung);
      }),
    );
  });

  it("is a total order, so the holder does not depend on who asks first", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyContender, { selector: (one) => one.id, minLength: 1 }), (contenders) => {
        const holder = holderOf(contenders);
        expect(holderOf([...contenders].reverse())).toBe(holder);
        expect(holder).toBe([...contenders].sort(comparePrecedence)[0]);
      }),
    );
    fc.assert(
      fc.property(anyContender, anyContender, anyContender, (a, b, c) => {
        if (comparePrecedence(a, b) <= 0 && comparePrecedence(b, c) <= 0)
          expect(comparePrecedence(a, c)).toBeLessThanOrEqual(0);
        expect(Math.sign(comparePrecedence(a, b))).toBe(-Math.sign(comparePrecedence(b, a)) + 0);
      }),
    );
  });

  it("keeps the commune user's own order where two priority items meet", () => {
    const late: Contender = { id: "b", rung: "priority", order: 1, dueAt: 2 };
    const early: Contender = { id: "a", rung: "priority", order: 2, dueAt: 1 };
    expect(holderOf([early, late])).toBe(late);
  });

  it("with nobody on it is nobody's", () => {
    expect(holderOf([])).toBeNull();
  });
});
