import {
  type Act,
  areasHeardFrom,
  areasSeen,
  type DatedGrant,
  type Grant,
  grantFault,
  mayDo,
  roles,
  rolesFor,
} from "@loa/controller/domain/access.ts";
import { type Placement, treeOn } from "@loa/shared/broadcast/area.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { LocalDate } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const id = (name: string) => name as AreaId;
const day = (text: string) => text as LocalDate;

function placed(
  areaId: string,
  parentId: string | null,
  from = "2020-01-01",
  to: string | null = null,
): Placement {
  return {
    areaId: id(areaId),
    parentId: parentId === null ? null : id(parentId),
    from: day(from),
    to: to === null ? null : day(to),
  };
}

/** Until 2025-07-01 «xã» stood in «huyện»; then it came to the province directly. */
const placements = [
  placed("tinh", null),
  placed("huyen", "tinh", "2020-01-01", "2025-07-01"),
  placed("xa", "huyen", "2020-01-01", "2025-07-01"),
  placed("xa", "tinh", "2025-07-01"),
  placed("thon", "xa"),
  placed("xa-khac", "tinh"),
];
const before = treeOn(placements, day("2025-06-30"));
const after = treeOn(placements, day("2025-07-01"));

const acts = Object.keys(rolesFor) as Act[];
const anyGrant: fc.Arbitrary<Grant> = fc.record({
  role: fc.constantFrom(...roles),
  areaId: fc.constantFrom("tinh", "huyen", "xa", "thon", "xa-khac").map(id),
});
const anyGrants = fc.array(anyGrant, { maxLength: 4 });

describe("a grant", () => {
  it("reaches its area and everything below, and nothing beside or above", () => {
    const grants: readonly Grant[] = [{ role: "technician", areaId: id("xa") }];
    expect(mayDo(grants, after, "stop", id("xa"))).toBe(true);
    expect(mayDo(grants, after, "stop", id("thon"))).toBe(true);
    expect(mayDo(grants, after, "stop", id("xa-khac"))).toBe(false);
    expect(mayDo(grants, after, "stop", id("tinh"))).toBe(false);
    expect(mayDo(grants, after, "schedule", id("xa"))).toBe(false);
  });

  it("follows the tree of the day: a dissolved district reaches nothing any more", () => {
    const grants: readonly Grant[] = [{ role: "author", areaId: id("huyen") }];
    expect(mayDo(grants, before, "schedule", id("thon"))).toBe(true);
    expect(mayDo(grants, after, "schedule", id("thon"))).toBe(false);
    expect([...areasSeen(grants, after)]).toEqual([]);
  });

  it("hears from the areas above what it may not touch", () => {
    const grants: readonly Grant[] = [{ role: "author", areaId: id("xa") }];
    expect([...areasHeardFrom(grants, after)].sort()).toEqual(["thon", "tinh", "xa"]);
    expect([...areasSeen(grants, after)].sort()).toEqual(["thon", "xa"]);
  });
});

describe("whatever was granted", () => {
  it("what may be done may be seen", () => {
    fc.assert(
      fc.property(
        anyGrants,
        fc.constantFrom(...acts),
        fc.constantFrom("tinh", "xa", "thon"),
        (grants, act, area) => {
          if (mayDo(grants, after, act, id(area))) expect(areasSeen(grants, after)).toContain(area);
        },
      ),
    );
  });

  it("more grants never take anything away, and what holds above holds below", () => {
    fc.assert(
      fc.property(anyGrants, anyGrants, fc.constantFrom(...acts), (some, more, act) => {
        if (mayDo(some, after, act, id("xa"))) {
          expect(mayDo([...some, ...more], after, act, id("xa"))).toBe(true);
          expect(mayDo(some, after, act, id("thon"))).toBe(true);
        }
      }),
    );
  });

  it("nobody does anything without a grant", () => {
    for (const act of acts) expect(mayDo([], after, act, id("tinh"))).toBe(false);
  });
});

describe("a vendor", () => {
  const acts = (grants: readonly Grant[]) =>
    (Object.keys(rolesFor) as Act[]).filter((act) => mayDo(grants, after, act, id("xa")));

  it("sees and sets up cabinets, and raises, approves, stops and grants nothing", () => {
    expect(acts([{ role: "vendor", areaId: id("xa") }])).toEqual(["see", "set-up-clusters"]);
  });

  it("gets in for thirty days at the most, and never without an end", () => {
    const today = day("2026-11-23");
    const vendor = (to: string | null, from = "2026-11-23"): DatedGrant => ({
      role: "vendor",
      areaId: id("xa"),
      from: day(from),
      to: to === null ? null : day(to),
    });
    expect(grantFault(vendor(null), today)).toBe("vendor-needs-an-end");
    expect(grantFault(vendor("2026-12-24"), today)).toBe("vendor-too-long");
    expect(grantFault(vendor("2026-12-23"), today)).toBeNull();
    expect(grantFault(vendor("2027-01-30", "2026-12-31"), today)).toBeNull();
  });
});

describe("a grant's dates", () => {
  it("begin today or later and end after that, or never", () => {
    const today = day("2026-11-23");
    const grant = (from: string, to: string | null): DatedGrant => ({
      role: "author",
      areaId: id("xa"),
      from: day(from),
      to: to === null ? null : day(to),
    });
    expect(grantFault(grant("2026-11-22", null), today)).toBe("in-the-past");
    expect(grantFault(grant("2026-11-23", "2026-11-23"), today)).toBe("ends-before-it-begins");
    expect(grantFault(grant("2026-11-23", "2026-11-24"), today)).toBeNull();
    expect(grantFault(grant("2027-06-01", null), today)).toBeNull();
  });
});

describe("who approves emergencies", () => {
  it("was named for it: no other role contains it", () => {
    for (const role of roles)
      expect(mayDo([{ role, areaId: id("xa") }], after, "approve-emergency", id("xa"))).toBe(
        role === "emergency-approver",
      );
  });
});
