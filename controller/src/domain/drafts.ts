import { type AreaTree, isWithin, lineageOf } from "@loa/shared/broadcast/area.ts";
import type { Crypto } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, UserId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { type Approval, isApprovedBy } from "@loa/shared/trust/approval.ts";
import { type Approvable, isGranted, refusalOfOrder } from "@loa/shared/trust/authority.ts";
import type { KeyClass } from "@loa/shared/trust/keys.ts";
import type { ApprovedOrder, SignedOrder } from "@loa/shared/trust/order.ts";
import type { Roster, RosterKey } from "@loa/shared/trust/roster.ts";

/** An emergency that somebody has written, on its way to be approved by others. */
export interface Draft {
  readonly order: ApprovedOrder;
  /** The order's text: what is signed. */
  readonly payload: string;
  /** It goes out before this, or not at all. */
  readonly approveBy: Instant;
  readonly approvals: readonly GivenApproval[];
  readonly raisedAt: Instant | null;
  /** By nobody where the alert was taken back that it came of. */
  readonly withdrawn: { readonly at: Instant; readonly by: UserId | null } | null;
  /** A STOP came after it was written. */
  readonly isOvertaken: boolean;
}

/** One person's. */
export interface GivenApproval {
  readonly person: UserId;
  readonly at: Instant;
  readonly approval: Approval;
}

/** Whether the person who gives it has signed this very text, with a key that the roster knows as theirs. */
export function isOwnSignature(
  { person, approval }: GivenApproval,
  payload: string,
  roster: Roster,
  crypto: Crypto,
): boolean {
  const key = roster.keys.find(({ id }) => id === approval.key);
  return key?.holder?.person === person && isApprovedBy(approval, key, payload, crypto);
}

export const draftStandings = ["open", "raised", "withdrawn", "expired", "overtaken"] as const;
export type DraftStanding = (typeof draftStandings)[number];

export function draftStanding(draft: Draft, now: Instant): DraftStanding {
  if (draft.withdrawn !== null) return "withdrawn";
  if (draft.raisedAt !== null) return "raised";
  if (draft.isOvertaken) return "overtaken";
  return draft.approveBy <= now ? "expired" : "open";
}

/** After it nobody can do anything with it any more; what a box holds may be reported until then. */
export function endOfDraft({ order, approveBy, raisedAt, withdrawn }: Draft): Instant {
  const isOnBox = order.kind !== "emergency" && raisedAt !== null && withdrawn === null;
  return isOnBox ? order.to : approveBy;
}

export function signedOf({ payload, approvals }: Draft): SignedOrder {
  return { payload, approvals: approvals.map((one) => one.approval) };
}

/** From where an order is judged: each of its areas with those above it, or the areas of its box. */
export type Lineages = readonly (readonly AreaId[])[];

export function lineagesOf(
  order: ApprovedOrder,
  tree: AreaTree,
  areaOf: (box: BoxId) => AreaId | null,
): Lineages {
  if (order.kind === "emergency") return order.areas.map((area) => lineageOf(tree, area));
  const area = areaOf(order.box);
  return [area === null ? [] : lineageOf(tree, area)];
}

/** Whether enough persons have approved it for every one of its areas. */
export function isApprovedFor(
  roster: Roster,
  checked: Approvable,
  lineages: Lineages,
  now: Instant,
): boolean {
  return lineages.every((lineage) => refusalOfOrder(roster, checked, { lineage, now }) === null);
}

/** A person's keys that may approve the order in every one of its areas. */
export function keysToApprove(
  roster: Roster,
  { severity }: Pick<ApprovedOrder, "severity">,
  person: UserId,
  lineages: Lineages,
  now: Instant,
): readonly RosterKey[] {
  const wanted: KeyClass = severity === "actual" ? "approve-actual" : "approve-exercise";
  return keysOf(roster, person).filter((key) =>
    lineages.every((lineage) => isGranted(roster, key, wanted, { lineage, now })),
  );
}

function keysOf(roster: Roster, person: UserId): readonly RosterKey[] {
  return roster.keys.filter((key) => key.passkey !== null && key.holder?.person === person);
}

/** Whether a STOP there touches what was drafted for these areas. */
export function isTouchedBy(areas: readonly AreaId[], stopped: AreaId, tree: AreaTree): boolean {
  return areas.some((area) => isWithin(tree, area, stopped) || isWithin(tree, stopped, area));
}

/** Why a person may not approve it; null: nothing stands against it. */
export type WhyNot = "over" | "author" | "wrong-role" | "no-key" | "not-allowed" | "already";

export function whyNotApprove(
  draft: Draft,
  person: { readonly id: UserId; readonly mayInEveryArea: boolean },
  roster: Roster,
  lineages: Lineages,
  now: Instant,
): WhyNot | null {
  if (draftStanding(draft, now) !== "open") return "over";
  return whyNotSign({ ...draft.order, approvals: draft.approvals }, person, roster, lineages, now);
}

/** Why a person may not sign a text that waits for approvals; null: nothing stands against it. */
export function whyNotSign(
  text: Pick<ApprovedOrder, "author" | "severity"> & { readonly approvals: readonly GivenApproval[] },
  person: { readonly id: UserId; readonly mayInEveryArea: boolean },
  roster: Roster,
  lineages: Lineages,
  now: Instant,
): Exclude<WhyNot, "over"> | null {
  if (text.author === person.id) return "author";
  if (!person.mayInEveryArea) return "wrong-role";
  if (keysOf(roster, person.id).length === 0) return "no-key";
  if (keysToApprove(roster, text, person.id, lineages, now).length === 0) return "not-allowed";
  return text.approvals.some((one) => one.person === person.id) ? "already" : null;
}
