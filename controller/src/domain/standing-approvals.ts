import { type AreaTree, isWithin, lineageOf, subtreeOf } from "@loa/shared/broadcast/area.ts";
import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import { asInstant, type Instant } from "@loa/shared/kernel/time.ts";
import type { SignedOrder } from "@loa/shared/trust/order.ts";
import {
  type AlertProof,
  MAX_STANDING_CHARS,
  readStandingApproval,
  type SenderKey,
  type SignedStandingApproval,
  type StandingApproval,
  standingApprovalText,
} from "@loa/shared/trust/standing-approval.ts";
import { OWN_GEOCODE } from "./alert-areas.ts";
import type { GivenApproval } from "./drafts.ts";

/** A standing approval as it is kept here, from the text that one person wrote to its end. */
export interface KeptApproval {
  readonly approved: StandingApproval;
  /** What is signed. */
  readonly payload: string;
  readonly approvals: readonly GivenApproval[];
  /** When enough persons had approved it; null: not yet. */
  readonly grantedAt: Instant | null;
  readonly withdrawn: { readonly at: Instant; readonly by: UserId } | null;
  /** How many alerts went out under it, and when the last one did. */
  readonly uses: number;
  readonly lastUsedAt: Instant | null;
}

/** `void`: the roster of today does not know enough of its approvers any more. */
export const approvalStates = ["open", "in-force", "void", "withdrawn", "expired"] as const;
export type ApprovalState = (typeof approvalStates)[number];

/** `isStillApproved` is asked of today's roster only where that matters. */
export function approvalState(
  { approved, grantedAt, withdrawn }: KeptApproval,
  now: Instant,
  isStillApproved: () => boolean,
): ApprovalState {
  if (withdrawn !== null) return "withdrawn";
  if (approved.to <= now) return "expired";
  if (grantedAt === null) return "open";
  return isStillApproved() ? "in-force" : "void";
}

export function signedApproval({ payload, approvals }: KeptApproval): SignedStandingApproval {
  return { payload, approvals: approvals.map((one) => one.approval) };
}

/** Under which standing approval an emergency went out; null: persons approved the very order, or there was no roster. */
export function approvalOver({
  signed,
}: {
  readonly emergency: Emergency;
  readonly signed: SignedOrder | AlertProof | null;
}): StandingApproval | null {
  return signed !== null && "alert" in signed ? readStandingApproval(signed.standing.payload) : null;
}

/** Whether boxes believe the keys with which the sender's alerts are checked here today. */
export function isPinned({ keys }: StandingApproval, signing: readonly SenderKey[]): boolean {
  return signing.every(({ publicKey }) => keys.some((key) => key.publicKey === publicKey));
}

/** From then on no alert can go out under it any more. */
export function endOfApproval({ to, keys }: StandingApproval): Instant {
  return asInstant(Math.min(to, Math.max(...keys.map((key) => key.to))));
}

/**
 * The text with what the sender's codes mean here: the areas themselves and what lies above and below them, as far down
 * as fits an envelope. Null: not even the areas fit.
 */
export function withOwnCodes(approved: StandingApproval, tree: AreaTree): StandingApproval | null {
  const { areas } = approved;
  const below = areas.flatMap((area) => subtreeOf(tree, area));
  const above = areas.flatMap((area) => lineageOf(tree, area).map((one): Code => [one, area]));
  const depthOf = (area: AreaId) => lineageOf(tree, area).length;
  const deepest = Math.max(...below.map(depthOf));
  for (let depth = deepest; depth >= Math.min(...areas.map(depthOf)); depth -= 1) {
    const codes = [...above, ...below.filter((one) => depthOf(one) <= depth).map((one): Code => [one, one])];
    const whole = {
      ...approved,
      places: [...approved.places, { valueName: OWN_GEOCODE, codes: once(codes) }],
    };
    if (fits(whole)) return whole;
  }
  return null;
}

type Code = [string, AreaId];

function once(codes: readonly Code[]): Code[] {
  return [...new Map(codes.map((code) => [code.join(" "), code])).values()];
}

function fits(whole: StandingApproval): boolean {
  try {
    return standingApprovalText(whole).length <= MAX_STANDING_CHARS;
  } catch {
    return false;
  }
}

/** What of the areas no emergency was raised for. */
export function areasLeft(
  areas: readonly AreaId[],
  raised: readonly AreaId[],
  tree: AreaTree,
): readonly AreaId[] {
  return areas.filter((area) => !raised.some((one) => isWithin(tree, area, one)));
}
