import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { alertOf } from "@loa/shared/trust/alert-order.ts";
import { isWithinOne } from "@loa/shared/trust/authority.ts";
import { MAX_WITHDRAWN, withdrawBody } from "@loa/shared/wire/bodies.ts";
import { CLOCK_TOLERANCE_MS, type Envelope, type Refusal } from "@loa/shared/wire/envelope.ts";
import { earliestNow, isConfirmed } from "./box-time.ts";
import { type Effect, put } from "./effect.ts";
import type { OpenedOrder, UsedApproval } from "./event.ts";
import { ack, afterCommand, type InboxStep, log, refuse } from "./inbox-answer.ts";
import type { Moment } from "./moment.ts";
import type { Standing } from "./standing.ts";
import type { AgentState } from "./state.ts";

/** Why it allows nothing here and now, whoever has signed it; null: it does. */
export function refusalOfUse(
  { memory, time }: AgentState,
  { id, areas, from, to }: UsedApproval,
  { roster, from: place }: Standing,
  { mono }: Moment,
): Refusal | null {
  if (memory.withdrawn.has(id)) return "withdrawn";
  if (!isWithinOne(areas, roster.province, place.lineage)) return "wrong-audience";
  if (to <= (place.now ?? earliestNow(time, mono))) return "expired";
  return place.now !== null && from > place.now + CLOCK_TOLERANCE_MS ? "not-yet-valid" : null;
}

/** One alert sounds once at a box, under whichever of its names and approvals it comes first. */
export function refusalOfAlert(
  { memory: { emergencies, cancelled } }: AgentState,
  [first]: readonly OpenedOrder[],
  id: EmergencyId,
): Refusal | null {
  const alert = first?.ok === true && first.value.under !== undefined ? alertOf(id) : null;
  if (alert === null) return null;
  const isOther = (known: EmergencyId) => known !== id && alertOf(known) === alert;
  if ([...cancelled.keys()].some(isOther)) return "expired";
  return [...emergencies.keys()].some(isOther) ? "replayed" : null;
}

/**
 * They were taken back by one person. It is known until they would have ended by themselves; a full list is refused
 * rather than that an earlier one is forgotten, for a stolen key could push them all out.
 */
export function receiveWithdraw(
  state: AgentState,
  contents: Envelope,
  accept: Effect,
  moment: Moment,
): InboxStep {
  const parsed = withdrawBody.safeParse(contents.body);
  if (!parsed.success) return refuse(state, contents, "bad-body", accept);
  const earliest = isConfirmed(state.time.trust) ? moment.now : earliestNow(state.time, moment.mono);
  const withdrawn = new Map([...state.memory.withdrawn].filter(([, until]) => until > earliest));
  for (const { id, until } of parsed.data.standings) {
    // Nothing that is said later makes it end sooner: a stolen key could else have it forgotten.
    const atLeast = withdrawn.get(id) ?? earliest;
    if (until > atLeast) withdrawn.set(id, until);
  }
  if (withdrawn.size > MAX_WITHDRAWN) return refuse(state, contents, "not-durable", accept);
  const seen = afterCommand(state.memory, contents);
  return {
    state: { ...state, memory: { ...seen.memory, withdrawn } },
    effects: [
      {
        kind: "commit",
        onFailure: "keep",
        changes: [put("meta", "withdrawn", [...withdrawn]), ...seen.changes],
      },
      accept,
      ack(state, contents, null),
      log("info", "standing-approvals.withdrawn", { count: withdrawn.size }),
    ],
  };
}
