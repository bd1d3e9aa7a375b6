import { areaId, emergencyId, userId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { approveWith, newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import {
  APPROVERS_OUTLIVE_MS,
  checkOrder,
  refusalOfOrder,
  type Standpoint,
} from "@loa/shared/trust/authority.ts";
import { type EmergencyOrder, orderText, type SignedOrder } from "@loa/shared/trust/order.ts";
import { describe, expect, test } from "vitest";
import { now, personKey, rosterWith } from "../../support/trust-world.ts";

const site = ["loa.example.vn", "https://loa.example.vn"] as const;
const hai = newSoftwareKey(...site);
const ba = newSoftwareKey(...site, "EdDSA");
const tu = newSoftwareKey(...site);
const roster = rosterWith([
  personKey("hai", hai, ["approve-actual", "approve-exercise"], ["tinh"]),
  personKey("ba", ba, ["approve-actual", "approve-exercise"], ["tinh"]),
  personKey("tu", tu, ["approve-exercise"], ["xa-hai"]),
]);

const order: EmergencyOrder = {
  v: 1,
  kind: "emergency",
  id: emergencyId.parse("lu-quet"),
  severity: "actual",
  headline: "Lũ quét đang về",
  sirenMs: 8_000,
  notice: null,
  times: 2,
  gapMs: 5_000,
  durationMs: HOUR_MS,
  author: userId.parse("mot"),
  draftedAt: now,
  areas: [areaId.parse("xa-mot")],
  replaces: null,
  correction: null,
  approveBy: plus(now, HOUR_MS),
};
const here: Standpoint = { lineage: [areaId.parse("xa-mot"), areaId.parse("tinh")], now };

function signed(one: EmergencyOrder, ...by: readonly (readonly [string, typeof hai])[]): SignedOrder {
  const payload = orderText(one);
  const challenge = challengeOf(payload, nodeCrypto);
  return { payload, approvals: by.map(([id, key]) => approveWith(key, id, challenge)) };
}

function refusal(one: SignedOrder, from: Standpoint = here) {
  const checked = checkOrder(roster, one, nodeCrypto);
  return checked.ok ? refusalOfOrder(roster, checked.value, from) : checked.error;
}

describe("approvers whose grants are longer than the roster that names them", () => {
  const forEver = rosterWith(
    roster.keys.map((key) => ({
      ...key,
      grants: key.grants.map((grant) => ({ ...grant, to: plus(now, 20 * 365 * DAY_MS) })),
    })),
  );
  const { expiresAt } = forEver;
  const at = (when: Instant | null, earliest?: Instant) => {
    const checked = checkOrder(forEver, signed(order, ["hai", hai], ["ba", ba]), nodeCrypto);
    if (!checked.ok) throw new Error(checked.error);
    const from = { lineage: here.lineage, now: when, ...(earliest === undefined ? {} : { earliest }) };
    return refusalOfOrder(forEver, checked.value, from);
  };

  test("approve for a year after it was to be renewed, so that a forgotten ceremony silences nobody", () => {
    expect(at(plus(expiresAt, APPROVERS_OUTLIVE_MS - 1))).toBeNull();
  });

  test("and then no more, so that who withholds a newer roster gains a year at the most", () => {
    expect(at(plus(expiresAt, APPROVERS_OUTLIVE_MS))).toBe("not-approved");
    expect(at(null, plus(expiresAt, APPROVERS_OUTLIVE_MS))).toBe("not-approved");
    expect(at(null, plus(expiresAt, APPROVERS_OUTLIVE_MS - 1))).toBeNull();
  });
});

describe("an emergency is good where enough persons have approved it", () => {
  test("two persons, each with an own key, of either algorithm", () => {
    expect(refusal(signed(order, ["hai", hai], ["ba", ba]))).toBeNull();
  });

  test.each([
    ["nobody", signed(order)],
    ["one person", signed(order, ["hai", hai])],
    ["the same person twice", signed(order, ["hai", hai], ["hai", hai])],
    ["a strange key under a known name", signed(order, ["hai", hai], ["ba", tu])],
    ["who wrote it", signed({ ...order, author: userId.parse("ba") }, ["hai", hai], ["ba", ba])],
    ["who may approve exercises only", signed(order, ["hai", hai], ["tu", tu])],
  ])("%s is not enough", (_who, one) => {
    expect(refusal(one)).toBe("not-approved");
  });

  test("who may approve in another commune only is not counted here, and is there", () => {
    const exercise = signed({ ...order, severity: "exercise" }, ["hai", hai], ["tu", tu]);
    expect(refusal(exercise)).toBe("not-approved");
    expect(refusal(exercise, { lineage: [areaId.parse("xa-hai")], now })).toBeNull();
  });

  test("an approval given for one text is none for another", () => {
    const given = signed(order, ["hai", hai], ["ba", ba]);
    const edited = { ...given, payload: orderText({ ...order, headline: "Mời ăn cỗ" }) };
    expect(refusal(edited)).toBe("not-approved");
  });

  test("no bit of the signed text can be turned", () => {
    const given = signed(order, ["hai", hai], ["ba", ba]);
    const bytes = Buffer.from(given.payload);
    for (let index = 0; index < bytes.length; index += 1) {
      const turned = Buffer.from(bytes);
      turned[index] = (turned[index] ?? 0) ^ 1;
      expect(refusal({ ...given, payload: turned.toString("utf8") })).not.toBeNull();
    }
  });

  test("the same fields in another order, twice or with one more are not the text", () => {
    const { payload, approvals } = signed(order, ["hai", hai], ["ba", ba]);
    const twice = payload.replace('{"v":1', '{"v":1,"v":1');
    const more = payload.replace('{"v":1', '{"extra":1,"v":1');
    for (const text of [twice, more, ` ${payload}`]) {
      expect(refusal({ payload: text, approvals })).toBe("malformed");
    }
  });

  test("a key is believed from its first day to its last", () => {
    const given = signed(order, ["hai", hai], ["ba", ba]);
    expect(refusal(given, { ...here, now: asInstant(now - 1) })).toBe("not-approved");
    expect(refusal(given, { ...here, now: plus(now, 400 * 24 * HOUR_MS) })).toBe("not-approved");
    // Who does not know the time does not stay silent for that.
    expect(refusal(given, { ...here, now: null })).toBeNull();
  });

  test.each([
    ["with the person there and not verified", { flags: 0x01 }],
    ["with the person verified and not there", { flags: 0x04 }],
    ["that makes a key", { type: "webauthn.create" }],
    ["from a page inside a page of somebody else", { crossOrigin: true }],
  ])("an assertion %s is none, though the key has really signed it", (_how, changed) => {
    const { payload, approvals } = signed(order, ["ba", ba]);
    const bent = approveWith(hai, "hai", challengeOf(payload, nodeCrypto), changed);
    expect(refusal({ payload, approvals: [...approvals, bent] })).toBe("not-approved");
  });

  test("an assertion of another site is none", () => {
    const elsewhere = newSoftwareKey("evil.example", "https://evil.example", "ES256");
    const stolen = { ...hai, rpId: elsewhere.rpId };
    const framed = { ...hai, origin: elsewhere.origin };
    for (const key of [stolen, framed]) {
      expect(refusal(signed(order, ["hai", key], ["ba", ba]))).toBe("not-approved");
    }
  });
});
