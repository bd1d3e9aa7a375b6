import { z } from "zod";
import { type AreaId, areaId } from "../kernel/ids.ts";
import { type LocalDate, localDate } from "../kernel/time.ts";

/** Levels of the administrative tree. The district level ended on 2025-07-01, so a tree may skip it. */
export const areaKind = z.enum(["province", "district", "commune", "village"]);
export type AreaKind = z.infer<typeof areaKind>;

export const area = z.object({ id: areaId, kind: areaKind, name: z.string().min(1).max(120) });
export type Area = z.infer<typeof area>;

/** Where an area stands in the tree from one day (inclusive) to another (exclusive); null: with no end. */
export const placement = z.object({
  areaId,
  parentId: areaId.nullable(),
  from: localDate,
  to: localDate.nullable(),
});
export type Placement = z.infer<typeof placement>;

/** Deepest tree that is believed; a longer chain is a mistake in the data. */
export const MAX_DEPTH = 16;

/** The tree as it stood on one day. */
export interface AreaTree {
  readonly parentOf: ReadonlyMap<AreaId, AreaId | null>;
  readonly childrenOf: ReadonlyMap<AreaId, readonly AreaId[]>;
}

export function treeOn(placements: readonly Placement[], date: LocalDate): AreaTree {
  const parentOf = new Map<AreaId, AreaId | null>();
  const childrenOf = new Map<AreaId, AreaId[]>();
  for (const { areaId: id, parentId, from, to } of placements) {
    if (date < from || (to !== null && date >= to)) continue;
    parentOf.set(id, parentId);
    if (parentId === null) continue;
    const siblings = childrenOf.get(parentId);
    if (siblings === undefined) childrenOf.set(parentId, [id]);
    else siblings.push(id);
  }
  return { parentOf, childrenOf };
}

/** The area itself and everything above it, nearest first. Empty for an area that did not stand on that day. */
export function lineageOf(tree: AreaTree, id: AreaId): readonly AreaId[] {
  const lineage: AreaId[] = [];
  let next: AreaId | null | undefined = id;
  while (next !== null && next !== undefined && lineage.length < MAX_DEPTH) {
    if (!tree.parentOf.has(next)) break;
    lineage.push(next);
    next = tree.parentOf.get(next);
  }
  return lineage;
}

/** The area itself and everything below it, parents before children. */
export function subtreeOf(tree: AreaTree, id: AreaId): readonly AreaId[] {
  if (!tree.parentOf.has(id)) return [];
  const found = new Set<AreaId>([id]);
  for (const at of found) for (const child of tree.childrenOf.get(at) ?? []) found.add(child);
  return [...found];
}

export function isWithin(tree: AreaTree, id: AreaId, ancestor: AreaId): boolean {
  return lineageOf(tree, id).includes(ancestor);
}

export type PlacementProblem =
  | {
      readonly kind: "unknown-parent";
      readonly areaId: AreaId;
      readonly parentId: AreaId;
      readonly on: LocalDate;
    }
  | { readonly kind: "two-parents"; readonly areaId: AreaId; readonly on: LocalDate }
  | { readonly kind: "cycle"; readonly areaId: AreaId; readonly on: LocalDate }
  | { readonly kind: "too-deep"; readonly areaId: AreaId; readonly on: LocalDate }
  | { readonly kind: "empty-period"; readonly areaId: AreaId; readonly on: LocalDate };

/** What is wrong with a set of placements, looked at on every day on which the tree changes. */
export function placementProblems(placements: readonly Placement[]): readonly PlacementProblem[] {
  const problems: PlacementProblem[] = placements
    .filter((one) => one.to !== null && one.to <= one.from)
    .map((one) => ({ kind: "empty-period", areaId: one.areaId, on: one.from }));
  const days = [...new Set(placements.flatMap((one) => (one.to === null ? [one.from] : [one.from, one.to])))];
  for (const on of days.sort()) problems.push(...problemsOn(placements, on));
  return problems;
}

function problemsOn(placements: readonly Placement[], on: LocalDate): PlacementProblem[] {
  const problems: PlacementProblem[] = [];
  const seen = new Set<AreaId>();
  for (const one of placements) {
    if (on < one.from || (one.to !== null && on >= one.to)) continue;
    if (seen.has(one.areaId)) problems.push({ kind: "two-parents", areaId: one.areaId, on });
    seen.add(one.areaId);
  }
  const tree = treeOn(placements, on);
  for (const [id, parentId] of tree.parentOf) {
    if (parentId !== null && !tree.parentOf.has(parentId)) {
      problems.push({ kind: "unknown-parent", areaId: id, parentId, on });
    }
    const above = new Set<AreaId>([id]);
    let next = parentId;
    while (next !== null && !above.has(next)) {
      above.add(next);
      next = tree.parentOf.get(next) ?? null;
    }
    if (next !== null) problems.push({ kind: "cycle", areaId: id, on });
    else if (above.size > MAX_DEPTH) problems.push({ kind: "too-deep", areaId: id, on });
  }
  return problems;
}
