import { type Emergency, emergency } from "@loa/shared/broadcast/emergency.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { isWithinOne, mayIssue, refusalOfOrder } from "@loa/shared/trust/authority.ts";
import { canonicalText } from "@loa/shared/trust/canonical.ts";
import { type EmergencyOrder, emergencyFrom } from "@loa/shared/trust/order.ts";
import { emergencyBody } from "@loa/shared/wire/bodies.ts";
import { CLOCK_TOLERANCE_MS, type Envelope, type Refusal } from "@loa/shared/wire/envelope.ts";
import type { OpenedOrder } from "./event.ts";
import type { Moment } from "./moment.ts";
import { ownAreas } from "./own-areas.ts";
import { type Standing, signedUnder, standingOf } from "./standing.ts";
import { refusalOfUse } from "./standing-approvals.ts";
import type { AgentState } from "./state.ts";

/** Longest time for which approvals may be given and used, ms: what is cancelled is known as such for as long. */
export const MAX_APPROVAL_MS = 24 * 3_600_000;

/** Whether the key that sealed it may send this, here and now. Without a roster it may. */
export function isIssuerAllowed(state: AgentState, { issuer, kind }: Envelope, moment: Moment): boolean {
  const standing = standingOf(state, moment);
  return standing === null || mayIssue(standing.roster, issuer, kind, standing.from);
}

/** A key tells no time at which it is not valid itself: a stolen one puts no clock ahead by years. */
export function mayTell({ memory }: AgentState, { issuer, kind }: Envelope, at: Instant): boolean {
  if (memory.roster === null) return true;
  const lineage = ownAreas(memory, at);
  return mayIssue(memory.roster.contents, issuer, kind, { lineage, now: at });
}

/** Where a roster is in force no emergency is said that enough persons have not signed, to the letter. */
export function refusalOfSignatures(
  state: AgentState,
  { kind, body }: Envelope,
  orders: readonly OpenedOrder[],
  moment: Moment,
): Refusal | null {
  if (kind !== "emergency" && kind !== "local") return null;
  const standing = standingOf(state, moment);
  if (standing === null) {
    // Where the image names a root there is a roster, and whoever carries this has kept it from the box.
    const isRosterKnown = state.setup.rosterRoot !== undefined;
    return kind === "local" || isRosterKnown ? "not-approved" : null;
  }
  for (const one of orders) {
    const refused = refusalOfOne(state, standing, one, moment);
    if (refused !== null) return refused;
  }
  if (kind === "local") return null;
  const parsed = emergencyBody.safeParse(body);
  if (!parsed.success) return "bad-body";
  const order = emergencyOrderIn(orders);
  return order !== null && saysTheSame(order, parsed.data.emergency) ? null : "not-approved";
}

function refusalOfOne(
  state: AgentState,
  standing: Standing,
  one: OpenedOrder,
  moment: Moment,
): Refusal | null {
  if (!one.ok) return one.error;
  const { roster, from } = standing;
  const { under } = one.value;
  return (
    refusalOfOrder(roster, signedUnder(roster, one.value), from) ??
    (under === undefined ? null : refusalOfUse(state, under, standing, moment))
  );
}

/** What was approved with an emergency; null: nothing. */
export function emergencyOrderIn(orders: readonly OpenedOrder[]): EmergencyOrder | null {
  const [first] = orders;
  return first?.ok === true && first.value.order.kind === "emergency" ? first.value.order : null;
}

function saysTheSame(order: EmergencyOrder, raised: Emergency): boolean {
  // Raised at the end of all days it would end after them.
  const approved = emergency.safeParse(emergencyFrom(order, raised.at));
  return approved.success && JSON.stringify(approved.data) === canonicalText(emergency, raised);
}

/** Approved for here, in time, and not overtaken by a STOP. */
export function refusalOfPlaceAndTime(
  { memory }: AgentState,
  order: EmergencyOrder,
  raised: Emergency,
  now: Instant,
): Refusal | null {
  const { roster, stoppedAt } = memory;
  const province = roster?.contents.province ?? null;
  if (!isWithinOne(order.areas, province, ownAreas(memory, now))) return "wrong-audience";
  if (order.draftedAt > raised.at + CLOCK_TOLERANCE_MS) return "not-yet-valid";
  const isLate = raised.at > order.approveBy + CLOCK_TOLERANCE_MS;
  if (isLate || order.approveBy > order.draftedAt + MAX_APPROVAL_MS) return "expired";
  // One approval is one emergency: the same words at another instant would be said a second time.
  const before = memory.emergencies.get(raised.id);
  if (before !== undefined && before.emergency.at !== raised.at) return "replayed";
  return isVoidedByStop(order.draftedAt, stoppedAt) ? "stopped" : null;
}
