import { isShortEnough } from "@loa/controller/domain/order-size.ts";
import { type AreaId, areaId } from "@loa/shared/kernel/ids.ts";
import { asInstant, HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import type { Approval } from "@loa/shared/trust/approval.ts";
import {
  type EmergencyOrder,
  emergencyFrom,
  emergencyOrder,
  orderText,
  type SignedOrder,
  signedOrder,
} from "@loa/shared/trust/order.ts";
import { MAX_ENVELOPE_BYTES, openSealed, seal } from "@loa/shared/wire/envelope.ts";
import { expect, test } from "vitest";
import { relayOf } from "../../support/plans.ts";

const at = asInstant(Date.UTC(2026, 10, 23, 1));
const pair = newKeyPair();
const issuer = "i".repeat(64);

const longId = (index: number) => `${"a".repeat(58)}-${String(index).padStart(5, "0")}`;
const areas = (count: number): readonly AreaId[] =>
  Array.from({ length: count }, (_, index) => areaId.parse(longId(index)));

/** With a station of sixteen long names, and words whose letters have three bytes each. */
function orderFor(count: number): EmergencyOrder {
  const hosts = Array.from({ length: 16 }, (_, index) => `h${index}.${"x".repeat(240)}`);
  const source = { ...relayOf("dai"), title: "ệ".repeat(200), hosts };
  return emergencyOrder.parse({
    ...{ v: 1, kind: "emergency", id: "lu", severity: "actual", headline: "ệ".repeat(200) },
    ...{ sirenMs: 8_000, notice: null, times: 2, gapMs: 0, durationMs: HOUR_MS },
    ...{ author: "lan", draftedAt: at, areas: areas(count) },
    stream: { source: { ...source, url: "https://dai.test/live" }, durationMs: 60_000 },
    ...{ replaces: null, correction: null, approveBy: plus(at, HOUR_MS) },
  });
}

const longest: Approval = {
  key: "k".repeat(64),
  authenticatorData: "A".repeat(344),
  clientDataJSON: "A".repeat(1_368),
  signature: "A".repeat(128),
};

function sealed(order: EmergencyOrder, approvals: number): string {
  const signed: SignedOrder = { payload: orderText(order), approvals: Array(approvals).fill(longest) };
  const contents = {
    ...{ v: 1 as const, id: "0193f9a0-0000-7000-8000-000000000000" as never, kind: "emergency" as const },
    ...{ audience: { area: areaId.parse(longId(0)) }, issuer, sequence: Number.MAX_SAFE_INTEGER },
    ...{ issuedAt: at, notBefore: at, expiresAt: plus(at, HOUR_MS), critical: [] },
    body: { emergency: emergencyFrom(order, at), order: signed },
  };
  return seal(contents, { issuer, privateKey: pair.privateKey }, nodeCrypto);
}

const counts = Array.from({ length: 120 }, (_, index) => index + 1);

test.each([2, 3, 4, 5])(
  "an order that %i persons are asked to approve reaches every box when they have",
  (needed) => {
    const taken = counts.filter((count) => isShortEnough(orderFor(count), needed));
    expect(taken.length).toBeGreaterThan(0);
    for (const count of taken) {
      const opened = openSealed(sealed(orderFor(count), needed), () => pair.publicKey, nodeCrypto);
      expect(opened.ok, `${count} areas`).toBe(true);
    }
  },
);

test("an order whose text a box would read, and that fits no envelope beside its approvals, is asked of nobody", () => {
  const fitsAlone = (order: EmergencyOrder) => signedOrder.shape.payload.safeParse(orderText(order)).success;
  const count = counts.findLast((one) => fitsAlone(orderFor(one))) ?? 0;
  expect(sealed(orderFor(count), 5).length).toBeGreaterThan(MAX_ENVELOPE_BYTES);
  expect(isShortEnough(orderFor(count), 5)).toBe(false);
});
