import { planReads, wordsOf } from "@loa/shared/device/poll-plan.ts";
import { widthOf } from "@loa/shared/device/registers.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { anyPoint, pointWith } from "../support/arbitrary-point.ts";

const limits = fc.record({
  maxRead: fc.integer({ min: 2, max: 125 }),
  maxHole: fc.integer({ min: 0, max: 30 }),
});

it("every point is read by exactly one block of its class, and no block is longer than maxRead", () => {
  fc.assert(
    fc.property(fc.array(anyPoint, { maxLength: 40 }), limits, (points, limit) => {
      const blocks = planReads(points, limit);
      expect(blocks.flatMap((block) => block.points)).toHaveLength(points.length);
      expect(new Set(blocks.flatMap((block) => block.points))).toEqual(new Set(points));
      for (const block of blocks) {
        expect(block.count).toBeLessThanOrEqual(limit.maxRead);
        for (const point of block.points) {
          expect([point.poll, point.space]).toEqual([block.poll, block.space]);
          expect(point.address).toBeGreaterThanOrEqual(block.address);
          expect(point.address + widthOf(point.type)).toBeLessThanOrEqual(block.address + block.count);
        }
      }
    }),
  );
});

it("no hole inside a block is wider than maxHole", () => {
  fc.assert(
    fc.property(fc.array(anyPoint, { maxLength: 40 }), limits, (points, limit) => {
      for (const block of planReads(points, limit)) {
        const used = new Set(block.points.flatMap(addressesOf));
        let hole = 0;
        for (let address = block.address; address < block.address + block.count; address++) {
          hole = used.has(address) ? 0 : hole + 1;
          expect(hole).toBeLessThanOrEqual(limit.maxHole);
        }
      }
    }),
  );
});

it("neighbours are one read, and each point finds its own words in it", () => {
  const voltage = pointWith({ address: 10 });
  const power = pointWith({ address: 12, type: "u32" });
  const [block, ...others] = planReads([power, voltage], { maxRead: 10, maxHole: 1 });
  expect(others).toEqual([]);
  expect(block).toMatchObject({ address: 10, count: 4 });
  if (block === undefined) return;
  expect(wordsOf(voltage, block, [1, 2, 3, 4])).toEqual([1]);
  expect(wordsOf(power, block, [1, 2, 3, 4])).toEqual([3, 4]);
});

function addressesOf(point: ReturnType<typeof pointWith>): number[] {
  return Array.from({ length: widthOf(point.type) }, (_, index) => point.address + index);
}
