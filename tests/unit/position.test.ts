import type { AirItem } from "@loa/shared/broadcast/air-item.ts";
import { durationOf } from "@loa/shared/broadcast/air-item.ts";
import { beginOfItem, itemAt, type Place, positionAfter, reaches } from "@loa/shared/broadcast/position.ts";
import { asInstant, plus } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const at = asInstant(1_000_000);
const anyItem = fc.record({
  durationMs: fc.integer({ min: 1, max: 600_000 }),
  end: fc.constantFrom("soft" as const, "hard" as const),
});
const anyProgramme = fc.array(anyItem, { minLength: 1, maxLength: 8 }).map((parts) => {
  const items = parts.map((one): AirItem => ({ kind: "clip", sha256: "a".repeat(64) as never, ...one }));
  return { at, items, durationMs: durationOf(items) };
});
/** A programme, a place in it that may lag behind or run ahead, and some time after. */
const anyCase = anyProgramme.chain((programme) =>
  fc.record({
    programme: fc.constant(programme),
    positionMs: fc.integer({ min: 0, max: programme.durationMs }),
    beganMs: fc.integer({ min: -60_000, max: programme.durationMs + 600_000 }),
    laterMs: fc.integer({ min: 0, max: 1_200_000 }),
  }),
);
const placeOf = (positionMs: number, beganMs: number): Place => ({ positionMs, at: plus(at, beganMs) });

describe("the position in a programme", () => {
  test("never goes back", () => {
    fc.assert(
      fc.property(anyCase, fc.nat(600_000), ({ programme, positionMs, beganMs, laterMs }, moreMs) => {
        const from = placeOf(positionMs, beganMs);
        const first = positionAfter(programme, from, plus(from.at, laterMs));
        expect(first).toBeGreaterThanOrEqual(positionMs);
        expect(positionAfter(programme, from, plus(from.at, laterMs + moreMs))).toBeGreaterThanOrEqual(first);
      }),
    );
  });

  test("meets every hard end at its planned instant: who is late is cut there, who is early waits there", () => {
    fc.assert(
      fc.property(anyCase, ({ programme, positionMs, beganMs, laterMs }) => {
        const from = placeOf(positionMs, beganMs);
        const now = plus(from.at, laterMs);
        const position = positionAfter(programme, from, now);
        for (const [index, item] of programme.items.entries()) {
          if (item.kind !== "clip" || item.end !== "hard") continue;
          const end = beginOfItem(programme, index + 1);
          if (now >= plus(at, end)) expect(position).toBeGreaterThanOrEqual(end);
          // Who was past it already, by a clock that was wrong, is not thrown back.
          else if (end > positionMs) expect(position).toBeLessThanOrEqual(end);
        }
      }),
    );
  });

  test("with soft ends only is where the sound is", () => {
    fc.assert(
      fc.property(anyCase, ({ programme, positionMs, beganMs, laterMs }) => {
        const items = programme.items.map((item): AirItem => ({ ...item, end: "soft" }) as AirItem);
        const from = placeOf(positionMs, beganMs);
        const soft = { ...programme, items };
        expect(positionAfter(soft, from, plus(from.at, laterMs))).toBe(positionMs + laterMs);
      }),
    );
  });

  test("cut off by nobody is the clock's, whatever its ends", () => {
    fc.assert(
      fc.property(anyProgramme, fc.nat(1_200_000), (programme, laterMs) => {
        expect(positionAfter(programme, placeOf(0, 0), plus(at, laterMs))).toBe(laterMs);
      }),
    );
  });

  test("is reached at the first instant at which the programme is there", () => {
    fc.assert(
      fc.property(anyCase, fc.double({ min: 0, max: 1, noNaN: true }), (one, part) => {
        const { programme, positionMs, beganMs } = one;
        const from = placeOf(positionMs, beganMs);
        const wanted = Math.round(programme.durationMs * part);
        const when = reaches(programme, from, wanted);
        expect(when).toBeGreaterThanOrEqual(from.at);
        expect(positionAfter(programme, from, when)).toBeGreaterThanOrEqual(wanted);
        // Who waits at a hard end is there before its instant; what follows begins at it.
        const isWaiting = programme.items.some(
          (item, index) =>
            item.kind === "clip" && item.end === "hard" && beginOfItem(programme, index + 1) === wanted,
        );
        if (when > from.at && !isWaiting)
          expect(positionAfter(programme, from, plus(when, -1))).toBeLessThan(wanted);
      }),
    );
  });

  test("names its item", () => {
    fc.assert(
      fc.property(anyProgramme, fc.nat(3_000_000), (programme, positionMs) => {
        const index = itemAt(programme, positionMs);
        expect(beginOfItem(programme, index)).toBeLessThanOrEqual(Math.max(positionMs, programme.durationMs));
        if (index < programme.items.length) {
          expect(beginOfItem(programme, index)).toBeLessThanOrEqual(positionMs);
          expect(beginOfItem(programme, index + 1)).toBeGreaterThan(positionMs);
        }
      }),
    );
  });
});
