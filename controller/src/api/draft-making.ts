import type { BoxId, UserId } from "@loa/shared/kernel/ids.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { ApprovedOrder, EmergencyOrder } from "@loa/shared/trust/order.ts";
import { type Draft, draftStanding, signedOf } from "../domain/drafts.ts";
import { isShortEnough } from "../domain/order-size.ts";
import { MAX_LOCAL_ORDERS } from "../draft-keeper.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";

/** The same by the same person within this time is the same press. */
export const SECOND_PRESS_MS = 30 * SECOND_MS;

/** Nobody reads more of one person than these, and a script that writes them must not fill the memory. */
const MAX_OPEN_DRAFTS = 20;

/** The draft of this order; the one that is there when the same person presses twice. */
export async function draftOf(deps: ApiDeps, order: EmergencyOrder): Promise<Draft> {
  return pressedBefore(deps, order) ?? (await addDraft(deps, order, order.approveBy));
}

/** A draft that was not there before, approved by then or not at all. */
export async function addDraft(deps: ApiDeps, order: ApprovedOrder, approveBy: Instant): Promise<Draft> {
  if (order.kind !== "emergency") requireRoom(deps, order.box);
  requireShort(deps, order);
  requireFewDrafts(deps, order.author);
  return await deps.drafts.add(order, approveBy);
}

function requireFewDrafts({ drafts, clock }: ApiDeps, author: UserId): void {
  const now = clock.now();
  const open = drafts.all().filter((one) => {
    return one.order.author === author && draftStanding(one, now) === "open";
  });
  if (open.length >= MAX_OPEN_DRAFTS) throw new HttpProblem("too-many-drafts", { limit: MAX_OPEN_DRAFTS });
}

/** What does not fit beside its approvals into one envelope reaches no box. */
function requireShort(deps: ApiDeps, order: ApprovedOrder): void {
  const needed = deps.rosters.inForce()?.approvals[order.severity] ?? 0;
  const beside = order.kind === "emergency" ? [] : localDrafts(deps, order.box).map(signedOf);
  if (!isShortEnough(order, needed, beside)) throw new HttpProblem("order-too-long");
}

/** One more than a box holds would push out another one, and nobody would know which. */
function requireRoom(deps: ApiDeps, box: BoxId): void {
  if (localDrafts(deps, box).length >= MAX_LOCAL_ORDERS) throw new HttpProblem("too-many-local-orders");
}

/** What a box starts by itself, or would if it were approved. */
function localDrafts({ drafts, clock }: ApiDeps, box: BoxId): readonly Draft[] {
  const now = clock.now();
  return drafts.all().filter((one) => {
    const { order } = one;
    const word = draftStanding(one, now);
    if (order.kind === "emergency" || order.box !== box || order.to <= now) return false;
    return word === "open" || word === "raised";
  });
}

function pressedBefore({ drafts, clock }: ApiDeps, order: EmergencyOrder): Draft | null {
  const since = order.draftedAt - SECOND_PRESS_MS;
  const contents = contentsOf(order);
  return (
    drafts
      .all()
      .find(
        (one) =>
          one.order.kind === "emergency" &&
          one.order.draftedAt >= since &&
          draftStanding(one, clock.now()) === "open" &&
          contentsOf(one.order) === contents,
      ) ?? null
  );
}

/** Everything but what is different at each press. */
function contentsOf(order: EmergencyOrder): string {
  const { id, draftedAt, approveBy, correction, ...rest } = order;
  return JSON.stringify({
    ...rest,
    within: approveBy - draftedAt,
    correction: correction?.notice ?? correction === null,
  });
}
