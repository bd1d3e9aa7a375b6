import type { Area } from "@loa/controller/web/api/shapes.ts";
import { en } from "@loa/controller/web/i18n/en.ts";
import { sayAgainst } from "@loa/controller/web/i18n/say.ts";
import {
  boxesByArea,
  countsByArea,
  rowsWithin,
  tallyOf,
  topmost,
} from "@loa/controller/web/view/area-tally.ts";
import { contains, matches, problemsFirst, sessionsAhead } from "@loa/controller/web/view/trouble.ts";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { boxRow, dueAt } from "../support/web-rows.ts";

const since = dueAt;
const before = plus(dueAt, -60_000);
const offline = boxRow("far", {
  presence: { state: "offline", since, heardAt: since },
  against: [{ kind: "presence", state: "offline", severity: "critical" }],
});
const unmeasured = { point: null, value: null, threshold: null };
const dead = boxRow("dead", {
  readiness: { state: "not-ready", lacks: ["amplifier-unreachable"], at: since, stage: "early" },
  against: [{ kind: "cause", cause: "amplifier-unreachable", severity: "critical" }],
  faults: [{ kind: "amplifier-unreachable", severity: "critical", since, ...unmeasured }],
});
const warm = boxRow("warm", {
  faults: [{ kind: "amplifier-thermal", severity: "warning", since, ...unmeasured }],
});
const unseen = boxRow("unseen", { against: [{ kind: "no-look", severity: "warning" }] });
const fine = boxRow("fine");

describe("what to fix before the next session", () => {
  it("is told before it starts, the worst first, with the reason of each", () => {
    const [next] = sessionsAhead([fine, unseen, offline, dead, warm], before);
    expect(next).toMatchObject({ due: 5, dueAt, silent: 2, doubtful: 1 });
    expect(next?.toFix.map(({ row }) => row.boxId)).toEqual(["dead", "far", "unseen"]);
    expect(next?.toFix.map(({ row }) => row.against.map((one) => sayAgainst(en, one)))).toEqual([
      ["the amplifier does not answer"],
      ["offline"],
      ["the box has not looked again in the 15 minutes before air"],
    ]);
  });

  it("is told of sessions ahead only: what a lost box said before it was lost may be over", () => {
    expect(sessionsAhead([offline], plus(dueAt, 60_000))).toEqual([]);
  });

  it("is nothing where nothing is known against anybody, nor of boxes without a session", () => {
    expect(sessionsAhead([warm], before)).toMatchObject([{ due: 1, silent: 0, doubtful: 0, toFix: [] }]);
    expect(sessionsAhead([boxRow("idle", { next: null })], before)).toEqual([]);
  });
});

describe("the list of clusters", () => {
  it("shows trouble first and is stable among equals", () => {
    const names = problemsFirst([fine, warm, boxRow("also"), offline, dead]).map((row) => row.boxId);
    expect(names).toEqual(["dead", "far", "warm", "also", "fine"]);
  });

  it("is searched without diacritics, word by word", () => {
    expect(contains("Cụm loa Đông 1, Xã An Hòa", "an hoa dong")).toBe(true);
    expect(contains("Cụm loa Đông 1, Xã An Hòa", "vinh son")).toBe(false);
  });

  it("is filtered by what is wrong", () => {
    const shown = (filter: "trouble" | "not-ready" | "offline" | "on-air") =>
      [fine, warm, offline, dead].filter((row) => matches(row, filter, "")).map((row) => row.boxId);
    expect(shown("trouble")).toEqual(["warm", "far", "dead"]);
    expect(shown("not-ready")).toEqual(["dead"]);
    expect(shown("offline")).toEqual(["far"]);
    expect(shown("on-air")).toEqual([]);
  });
});

describe("the tree of areas", () => {
  const area = (id: string, parentId: string | null, boxes = 0): Area => ({
    id: areaId.parse(id),
    kind: parentId === null ? "province" : "village",
    name: id,
    parentId: parentId === null ? null : areaId.parse(parentId),
    clusters: boxes,
    people: null,
    boxes,
  });
  const areas = [
    area("tinh", null),
    area("an-hoa", "tinh"),
    area("an-hoa-dong", "an-hoa", 3),
    area("long-hai", "tinh", 2),
  ];

  it("counts an area with everything below it", () => {
    expect([...boxesByArea(areas)]).toEqual([
      ["tinh", 5],
      ["an-hoa", 3],
      ["an-hoa-dong", 3],
      ["long-hai", 2],
    ]);
    const counts = countsByArea(areas, [fine, offline, dead, warm]);
    expect(counts.get(areaId.parse("tinh"))).toEqual({ boxes: 4, online: 3, faulty: 2 });
    expect(counts.get(areaId.parse("long-hai"))).toBeUndefined();
    const rows = rowsWithin([fine, offline, dead, warm], areas, areaId.parse("an-hoa"));
    expect(tallyOf(rows)).toMatchObject({ boxes: 4, faulty: 2, presence: { online: 3, offline: 1 } });
    expect(rowsWithin(rows, areas, areaId.parse("long-hai"))).toEqual([]);
  });

  it("sends only the topmost of the chosen areas", () => {
    const chosen = ["an-hoa", "an-hoa-dong", "long-hai"].map((id) => areaId.parse(id));
    expect(topmost(areas, chosen)).toEqual(["an-hoa", "long-hai"]);
  });
});
