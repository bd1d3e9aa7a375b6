import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { addDays, localDate } from "@loa/shared/kernel/time.ts";
import type { GrantWish } from "../api/people-calls.ts";

export const grantRoles = [
  "viewer",
  "author",
  "approver",
  "emergency-approver",
  "technician",
  "area-admin",
  "auditor",
  "vendor",
] as const;
export type GrantRole = (typeof grantRoles)[number];

/** As it is typed; empty dates are today, and no end. */
export interface GrantForm {
  readonly role: GrantRole;
  readonly area: AreaId | null;
  readonly from: string;
  /** The last day on which it counts. */
  readonly lastDay: string;
}

export const emptyGrant: GrantForm = { role: "viewer", area: null, from: "", lastDay: "" };

/** What to ask the controller for; null while something is missing. */
export function wishOf({ role, area, from, lastDay }: GrantForm): GrantWish | null {
  const first = localDate.safeParse(from);
  const last = localDate.safeParse(lastDay);
  if (area === null || (from !== "" && !first.success) || (lastDay !== "" && !last.success)) return null;
  if (role === "vendor" && lastDay === "") return null;
  return {
    role,
    areaId: area,
    ...(first.success ? { from: first.data } : {}),
    ...(last.success ? { to: addDays(last.data, 1) } : {}),
  };
}
