import { MAX_DEPTH } from "@loa/shared/broadcast/area.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { PresenceState } from "../api/cabinet-shapes.ts";
import type { Area, BoxRow, ReadinessState } from "../api/shapes.ts";
import { isSounding } from "./known-now.ts";

export interface AreaTally {
  readonly boxes: number;
  readonly presence: Readonly<Record<PresenceState, number>>;
  readonly readiness: Readonly<Record<ReadinessState, number>>;
  readonly onAir: number;
  /** Boxes with at least one raised fault. */
  readonly faulty: number;
}

export function tallyOf(rows: readonly BoxRow[]): AreaTally {
  const presence = { online: 0, suspect: 0, offline: 0, unknown: 0 };
  const readiness = { ready: 0, "not-ready": 0, unknown: 0 };
  let onAir = 0;
  let faulty = 0;
  for (const row of rows) {
    presence[row.presence.state] += 1;
    readiness[row.readiness.state] += 1;
    if (isSounding(row)) onAir += 1;
    if (row.faults.length > 0) faulty += 1;
  }
  return { boxes: rows.length, presence, readiness, onAir, faulty };
}

/** The area and everything below it. */
export function areasWithin(areas: readonly Area[], root: AreaId): ReadonlySet<AreaId> {
  const within = new Set<AreaId>([root]);
  let grew = true;
  while (grew) {
    grew = false;
    for (const one of areas) {
      if (one.parentId === null || within.has(one.id) || !within.has(one.parentId)) continue;
      within.add(one.id);
      grew = true;
    }
  }
  return within;
}

export function rowsWithin(
  rows: readonly BoxRow[],
  areas: readonly Area[],
  root: AreaId | null,
): readonly BoxRow[] {
  if (root === null) return rows;
  const within = areasWithin(areas, root);
  return rows.filter((row) => within.has(row.areaId));
}

export interface AreaCounts {
  readonly boxes: number;
  readonly online: number;
  /** Boxes with at least one raised fault. */
  readonly faulty: number;
}

/** What the tree shows of each area, everything below it included: one walk up the tree for each box. */
export function countsByArea(
  areas: readonly Area[],
  rows: readonly BoxRow[],
): ReadonlyMap<AreaId, AreaCounts> {
  const lineageOf = lineages(areas);
  const counts = new Map<AreaId, AreaCounts>();
  for (const row of rows) {
    for (const id of lineageOf(row.areaId)) {
      const known = counts.get(id) ?? { boxes: 0, online: 0, faulty: 0 };
      counts.set(id, {
        boxes: known.boxes + 1,
        online: known.online + (row.presence.state === "online" ? 1 : 0),
        faulty: known.faulty + (row.faults.length > 0 ? 1 : 0),
      });
    }
  }
  return counts;
}

/** Boxes in service of each area and everything below it; the API counts those directly in an area. */
export function boxesByArea(areas: readonly Area[]): ReadonlyMap<AreaId, number> {
  const lineageOf = lineages(areas);
  const sums = new Map<AreaId, number>();
  for (const { id: own, boxes } of areas) {
    for (const id of lineageOf(own)) sums.set(id, (sums.get(id) ?? 0) + boxes);
  }
  return sums;
}

/** Who hear each area and everything below it; null where nobody has counted all of them. */
export function peopleByArea(areas: readonly Area[]): ReadonlyMap<AreaId, number | null> {
  const lineageOf = lineages(areas);
  const sums = new Map<AreaId, number | null>();
  for (const { id: own, people } of areas) {
    for (const id of lineageOf(own)) {
      const known = sums.get(id);
      sums.set(id, known === null || people === null ? null : (known ?? 0) + people);
    }
  }
  return sums;
}

function lineages(areas: readonly Area[]): (area: AreaId) => readonly AreaId[] {
  const parentOf = new Map(areas.map((one) => [one.id, one.parentId]));
  return (area) => {
    const lineage: AreaId[] = [];
    let next: AreaId | null = area;
    while (next !== null && lineage.length < MAX_DEPTH) {
      lineage.push(next);
      next = parentOf.get(next) ?? null;
    }
    return lineage;
  };
}

/** Areas that have no parent among those given: where a tree of them begins. */
export function rootsOf(areas: readonly Area[]): readonly Area[] {
  const known = new Set(areas.map((one) => one.id));
  return areas.filter((one) => one.parentId === null || !known.has(one.parentId));
}

/** The chosen areas without those that lie below another chosen one. */
export function topmost(areas: readonly Area[], chosen: readonly AreaId[]): readonly AreaId[] {
  const parentOf = new Map(areas.map((one) => [one.id, one.parentId]));
  const set = new Set(chosen);
  return chosen.filter((id) => {
    let above = parentOf.get(id) ?? null;
    while (above !== null) {
      if (set.has(above)) return false;
      above = parentOf.get(above) ?? null;
    }
    return true;
  });
}
