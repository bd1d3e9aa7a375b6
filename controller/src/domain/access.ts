import { type AreaTree, isWithin, lineageOf } from "@loa/shared/broadcast/area.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { addDays, type LocalDate } from "@loa/shared/kernel/time.ts";

export const roles = [
  "viewer",
  "author",
  "approver",
  "emergency-approver",
  "technician",
  "area-admin",
  "auditor",
  "vendor",
] as const;
export type Role = (typeof roles)[number];

/** A role in an area and everything below it. Grants that are not in force today are never handed to this file. */
export interface Grant {
  readonly role: Role;
  readonly areaId: AreaId;
}

/** `to` is exclusive, and null while nobody has ended it. */
export interface DatedGrant extends Grant {
  readonly from: LocalDate;
  readonly to: LocalDate | null;
}

/** Whoever comes to mend something gets in for a month at the most. */
const VENDOR_DAYS = 30;

export type GrantFault = "in-the-past" | "ends-before-it-begins" | "vendor-needs-an-end" | "vendor-too-long";

/** Why it cannot be given so; null: it can. */
export function grantFault({ role, from, to }: DatedGrant, today: LocalDate): GrantFault | null {
  if (from < today) return "in-the-past";
  if (to !== null && to <= from) return "ends-before-it-begins";
  if (role !== "vendor") return null;
  if (to === null) return "vendor-needs-an-end";
  return to > addDays(from, VENDOR_DAYS) ? "vendor-too-long" : null;
}

/** What a person may want to do to an area or to something in it. */
export type Act =
  | "see"
  | "write-content"
  | "allow-private-stream"
  | "raise-emergency"
  | "approve-emergency"
  | "set-up-roster"
  | "schedule"
  | "confirm-exception"
  | "stop"
  | "set-up-clusters"
  | "revoke-box"
  | "set-rules"
  | "set-up-areas"
  | "read-audit"
  | "read-trust"
  | "set-up-people";

/** Who may do what. STOP needs one person, and nearly everybody of the house may press it: a wrong silence is soon mended. */
export const rolesFor = {
  see: roles,
  "write-content": ["author", "approver", "area-admin"],
  /** Asked of the province's area: a stream inside its own network is a way into that network. */
  "allow-private-stream": ["area-admin"],
  "raise-emergency": ["approver", "emergency-approver", "area-admin"],
  /** Nobody is it by another role: who may make a province speak is named one by one. */
  "approve-emergency": ["emergency-approver"],
  /** Asked of the province's area: which keys all boxes believe. The offline root has signed it before. */
  "set-up-roster": ["area-admin"],
  schedule: ["author", "approver", "area-admin"],
  "confirm-exception": ["approver"],
  stop: ["author", "approver", "emergency-approver", "technician", "area-admin"],
  "set-up-clusters": ["technician", "vendor", "area-admin"],
  "revoke-box": ["technician", "area-admin"],
  "set-rules": ["area-admin"],
  "set-up-areas": ["area-admin"],
  "read-audit": ["auditor", "area-admin"],
  "read-trust": ["auditor", "technician", "area-admin"],
  "set-up-people": ["area-admin"],
} as const satisfies Record<Act, readonly Role[]>;

/** Whether one of the grants covers the area, in the tree of the day, with a role that may do this. */
export function mayDo(grants: readonly Grant[], tree: AreaTree, act: Act, area: AreaId): boolean {
  const able: readonly Role[] = rolesFor[act];
  return grants.some((grant) => able.includes(grant.role) && isWithin(tree, area, grant.areaId));
}

export function rootsOf(tree: AreaTree): readonly AreaId[] {
  return [...tree.parentOf].filter(([, parent]) => parent === null).map(([id]) => id);
}

/** The areas that the grants cover, with everything below. */
export function areasSeen(grants: readonly Grant[], tree: AreaTree): ReadonlySet<AreaId> {
  const seen = new Set(grants.map((grant) => grant.areaId).filter((id) => tree.parentOf.has(id)));
  for (const id of seen) for (const child of tree.childrenOf.get(id) ?? []) seen.add(child);
  return seen;
}

/** The areas seen and all above them: what is scheduled up there sounds from the boxes down here. */
export function areasHeardFrom(grants: readonly Grant[], tree: AreaTree): ReadonlySet<AreaId> {
  return new Set([...areasSeen(grants, tree), ...grants.flatMap((grant) => lineageOf(tree, grant.areaId))]);
}
