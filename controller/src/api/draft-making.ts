import type { UserId } from "@loa/shared/kernel/ids.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type ApprovedOrder, type EmergencyOrder, orderText, signedOrder } from "@loa/shared/trust/order.ts";
import { type Draft, draftStanding } from "../domain/drafts.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";

/** The same by the same person within this time is the same press. */
export const SECOND_PRESS_MS = 30 * SECOND_MS;

/** Nobody reads more of one person than these, and a script that writes them must not fill the memory. */
const MAX_OPEN_DRAFTS = 20;

/** The draft of this order; the one that is there when the same person presses twice. */
export async function draftOf(deps: ApiDeps, order: EmergencyOrder): Promise<Draft> {
  requireShort(order);
  const before = pressedBefore(deps, order);
  if (before !== null) return before;
  requireFewDrafts(deps, order.author);
  return await deps.drafts.add(order, order.approveBy);
}

export function requireFewDrafts({ drafts, clock }: ApiDeps, author: UserId): void {
  const now = clock.now();
  const open = drafts.all().filter((one) => {
    return one.order.author === author && draftStanding(one, now) === "open";
  });
  if (open.length >= MAX_OPEN_DRAFTS) throw new HttpProblem("too-many-drafts", { limit: MAX_OPEN_DRAFTS });
}

/** What does not fit beside its approvals into one envelope reaches no box. */
export function requireShort(order: ApprovedOrder): void {
  if (!signedOrder.shape.payload.safeParse(orderText(order)).success) throw new HttpProblem("too-large");
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
