import { type AlertPlaces, areasOfAlert, type PlacedCluster } from "@loa/controller/domain/alert-areas.ts";
import { treeOn } from "@loa/shared/broadcast/area.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { LocalDate } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const from = "2020-01-01" as LocalDate;
const [province, north, south] = ["tinh", "bac", "nam"].map((id) => id as AreaId) as [AreaId, AreaId, AreaId];
const tree = treeOn(
  [
    { areaId: province, parentId: null, from, to: null },
    { areaId: north, parentId: province, from, to: null },
    { areaId: south, parentId: province, from, to: null },
  ],
  "2026-11-23" as LocalDate,
);
const at = (latitude: number, longitude: number) => ({ latitude, longitude });
const clusters: readonly PlacedCluster[] = [
  { areaId: north, place: at(16.8, 107.0) },
  { areaId: south, place: at(16.2, 107.0) },
  { areaId: south, place: null },
];
const nowhere: AlertPlaces = { polygons: [], circles: [], geocodes: [] };
const areasIn = (places: Partial<AlertPlaces>) => areasOfAlert([{ ...nowhere, ...places }], tree, clusters);
const square = (bottom: number, top: number) => [
  at(bottom, 106),
  at(top, 106),
  at(top, 108),
  at(bottom, 108),
  at(bottom, 106),
];

test("codes name our areas; what is below a named one is not named again, and strange codes name nothing", () => {
  const code = (value: string, valueName = "loa:area") => ({ valueName, value });
  expect(areasIn({ geocodes: [code("nam")] })).toEqual([south]);
  expect(areasIn({ geocodes: [code("nam"), code("tinh")] })).toEqual([province]);
  expect(areasIn({ geocodes: [code("nam", "SAME"), code("elsewhere"), code("__proto__")] })).toEqual([]);
});

test("a commune is warned where one of its clusters stands inside a shape", () => {
  expect(areasIn({ polygons: [square(16.5, 17)] })).toEqual([north]);
  expect(areasIn({ polygons: [square(16, 17)] })).toEqual([north, south]);
  expect(areasIn({ polygons: [square(10, 11)] })).toEqual([]);
});

test("a circle reaches as far as it says, in kilometres", () => {
  // 0.6 degrees of latitude are 66.7 km.
  const centre = at(16.8, 107.0);
  expect(areasIn({ circles: [{ centre, radiusKm: 66 }] })).toEqual([north]);
  expect(areasIn({ circles: [{ centre, radiusKm: 67.5 }] })).toEqual([north, south]);
  expect(areasIn({ circles: [{ centre, radiusKm: 0 }] })).toEqual([north]);
});

test("a ring drawn round a place holds it, whichever way it is drawn and wherever it begins", () => {
  const angle = fc.double({ min: 0, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(fc.array(angle, { minLength: 3, maxLength: 12 }), fc.boolean(), (turns, isBackwards) => {
      const sorted = [...new Set(turns)].sort((a, b) => a - b);
      const widest = sorted.map((turn, index) => (sorted[index + 1] ?? (sorted[0] ?? 0) + 1) - turn);
      // A ring whose corners all lie on one side does not go round.
      if (sorted.length < 3 || Math.max(...widest) >= 0.49) return;
      const corners = sorted.map((turn) =>
        at(16.8 + 0.1 * Math.sin(2 * Math.PI * turn), 107.0 + 0.1 * Math.cos(2 * Math.PI * turn)),
      );
      const ring = [...corners, ...corners.slice(0, 1)];
      expect(areasIn({ polygons: [isBackwards ? ring.reverse() : ring] })).toEqual([north]);
    }),
  );
});
