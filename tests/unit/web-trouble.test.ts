import type { Area } from "@loa/controller/web/api/shapes.ts";
import { en } from "@loa/controller/web/i18n/en.ts";
import { sayReason } from "@loa/controller/web/i18n/say.ts";
import {
  boxesByArea,
  countsByArea,
  rowsWithin,
  tallyOf,
  topmost,
} from "@loa/controller/web/view/area-tally.ts";
import {
  contains,
  matches,
  problemsFirst,
  reasonsAgainst,
  silentSessions,
} from "@loa/controller/web/view/trouble.ts";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { boxRow, dueAt } from "../support/web-rows.ts";

const since = dueAt;
const before = plus(dueAt, -60_000);
const offline = boxRow("far", { presence: { state: "offline", since, heardAt: since } });
const dead = boxRow("dead", {
  readiness: { state: "not-ready", lacks: ["amplifier-unreachable"], at: since },
  faults: [{ kind: "amplifier-unreachable", severity: "critical", since }],
});
const warm = boxRow("warm", { faults: [{ kind: "amplifier-thermal", severity: "warning", since }] });
const fine = boxRow("fine");

describe("which poles will not speak", () => {
  it("is told before the session starts, with the reason of each", () => {
    const [next] = silentSessions([fine, offline, dead, warm], before);
    expect(next).toMatchObject({ due: 4, dueAt });
    expect(next?.silent.map(({ row }) => row.boxId)).toEqual(["far", "dead"]);
    expect(next?.silent.map(({ reasons }) => reasons.map((one) => sayReason(en, one)))).toEqual([
      ["offline"],
      ["the amplifier does not answer"],
    ]);
  });

  it("is told of sessions ahead only: what a lost box said before it was lost may be over", () => {
    expect(silentSessions([offline], plus(dueAt, 60_000))).toEqual([]);
  });

  it("counts a critical fault even where the box still says that it is ready", () => {
    const shorted = boxRow("short", { faults: [{ kind: "line-open", severity: "critical", since }] });
    expect(reasonsAgainst(shorted)).toEqual([{ kind: "fault", fault: "line-open" }]);
  });

  it("says nothing against a box with a warning only, nor of boxes without a session", () => {
    expect(reasonsAgainst(warm)).toEqual([]);
    expect(silentSessions([boxRow("idle", { next: null })], before)).toEqual([]);
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
