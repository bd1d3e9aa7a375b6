import type { Approval } from "@loa/shared/trust/approval.ts";
import {
  type ApprovedOrder,
  emergencyFrom,
  orderText,
  type SignedOrder,
  signedOrder,
} from "@loa/shared/trust/order.ts";
import { MAX_ENVELOPE_BYTES } from "@loa/shared/wire/envelope.ts";
import { utf8Length } from "./plan-compiler.ts";

/** Of an envelope around its body, as base64url characters: header, ids, times, signature. */
const AROUND_BODY_CHARS = 1_024;

/** Whether an envelope with this body reaches a box: larger ones are refused unread. */
export function fitsEnvelope(body: unknown): boolean {
  const chars = Math.ceil((utf8Length(JSON.stringify(body)) * 4) / 3) + AROUND_BODY_CHARS;
  return chars <= MAX_ENVELOPE_BYTES;
}

/** As long as a box reads one (`approval`). */
const LONGEST_APPROVAL: Approval = {
  key: "k".repeat(64),
  authenticatorData: "A".repeat(344),
  clientDataJSON: "A".repeat(1_368),
  signature: "A".repeat(128),
};

/**
 * Whether an order that so many persons have approved fits into one envelope: what is found too long only then reaches no
 * box. `beside`: what a box holds already, for its messages travel as one list.
 */
export function isShortEnough(
  order: ApprovedOrder,
  needed: number,
  beside: readonly SignedOrder[] = [],
): boolean {
  const payload = orderText(order);
  if (!signedOrder.shape.payload.safeParse(payload).success) return false;
  const signed: SignedOrder = { payload, approvals: Array.from({ length: needed }, () => LONGEST_APPROVAL) };
  return order.kind === "emergency"
    ? fitsEnvelope({ emergency: emergencyFrom(order, order.draftedAt), order: signed })
    : fitsEnvelope({ orders: [...beside, signed] });
}
