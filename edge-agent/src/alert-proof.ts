import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import type { Crypto } from "@loa/shared/kernel/ambient.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { asPart, orderFromCovered } from "@loa/shared/trust/alert-order.ts";
import { signersOf } from "@loa/shared/trust/authority.ts";
import type { Roster, RosterKey } from "@loa/shared/trust/roster.ts";
import { type AlertProof, readStandingApproval } from "@loa/shared/trust/standing-approval.ts";
import type { OpenedOrder } from "./core/event.ts";
import type { Alerts } from "./ports.ts";

/**
 * The order that an alert is under what persons have approved in advance, reckoned from what they and its sender have
 * signed. The alert is read only where persons of the roster have approved its sender: nobody else's XML comes that far.
 */
export function openProof(
  roster: Roster,
  { standing, alert }: AlertProof,
  raised: Emergency,
  { crypto, alerts }: { readonly crypto: Crypto; readonly alerts: Alerts },
): OpenedOrder {
  const approved = readStandingApproval(standing.payload);
  if (approved === null) return fail("malformed");
  const signers = signersOf(roster, standing, crypto);
  if (personsOf(signers).size < roster.approvals[approved.severity]) return fail("not-approved");
  const read = alerts.read(alert, approved.keys);
  if (!read.ok) return read;
  const order = orderFromCovered(approved, read.value, raised.at, crypto);
  if (!order.ok) return order;
  const part = asPart(order.value, approved, crypto);
  const { id, areas, from, to } = approved;
  return ok({ order: part.id === raised.id ? part : order.value, signers, under: { id, areas, from, to } });
}

function personsOf(signers: readonly RosterKey[]): ReadonlySet<string> {
  return new Set(signers.flatMap(({ holder }) => (holder === null ? [] : [holder.person])));
}
