import { gzipSync } from "node:zlib";
import { asInstant, HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import { packAlert } from "@loa/shared/node/cap/packed-alert.ts";
import { readPinnedAlert } from "@loa/shared/node/cap/read-pinned-alert.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { alertEmergencyId, orderFromCovered } from "@loa/shared/trust/alert-order.ts";
import {
  readStandingApproval,
  type StandingApproval,
  standingApprovalText,
} from "@loa/shared/trust/standing-approval.ts";
import { describe, expect, test } from "vitest";
import { areaOf } from "../../support/cap-messages.ts";
import { signCap, signingService } from "../../support/signed-cap.ts";
import {
  type AlertWish,
  alertAt,
  capTime,
  packed,
  SENDER,
  standingOf,
} from "../../support/standing-approvals.ts";

const now = asInstant(Date.UTC(2026, 10, 23, 1));
const service = await signingService("rsa");
const stranger = await signingService("rsa");
const late = await signingService("ec", { from: new Date("2025-01-01"), to: new Date("2026-01-01") });
const keys = standingOf(service, now).keys;

function cover(wish: AlertWish, changed: Partial<StandingApproval> = {}, at = now) {
  const approved = standingOf(service, plus(now, -HOUR_MS), changed);
  const alert = readPinnedAlert(packed(alertAt(now, wish), service), approved.keys);
  return alert.ok ? orderFromCovered(approved, alert.value, at, nodeCrypto) : alert;
}

test("its text is one only, and says what was approved", () => {
  const approved = standingOf(service, now);
  const text = standingApprovalText(approved);
  expect(readStandingApproval(text)).toEqual(approved);
  expect(readStandingApproval(` ${text}`)).toBeNull();
  expect(readStandingApproval(text.replace('"sirenMs":8000', '"sirenMs":8000,"sirenMs":1'))).toBeNull();
});

test("nobody approves for longer than a year, nor for no event", () => {
  const approved = standingOf(service, now);
  expect(() => standingApprovalText({ ...approved, to: plus(now, 367 * 24 * HOUR_MS) })).toThrow();
  expect(() => standingApprovalText({ ...approved, events: [] })).toThrow();
});

describe("the alert as the pinned key has signed it", () => {
  test("is read by whoever has it, whatever way it came", () => {
    const read = readPinnedAlert(packed(alertAt(now), service), keys);
    expect(read).toMatchObject({ ok: true, value: { sender: SENDER, isSignatureGood: true } });
  });

  const signed = signCap(alertAt(now), service);
  const signature = /<Signature.*<\/Signature>/s.exec(signed)?.[0] ?? "";
  const wrapped = alertAt(now, { info: { event: "<event>Sóng thần</event>" } }).replace(
    "</alert>",
    `${signature}</alert>`,
  );
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    .subarray(0, 12_000)
    .toString("base64url");
  const dtd = signed.replace("<alert", '<!DOCTYPE alert [<!ENTITY e "e">]><alert');

  test.each([
    ["signed by somebody else", packed(alertAt(now), stranger), "alert-unsigned"],
    ["not signed at all", packed(alertAt(now), null), "alert-unsigned"],
    ["changed in one word", packed(signed.replace("Lũ quét", "Lũ nhỏ"), null), "alert-unsigned"],
    ["with the signature of another one", packed(wrapped, null), "alert-unsigned"],
    ["signed twice", packed(signed.replace(signature, signature + signature), null), "alert-unsigned"],
    ["with a DTD", packed(dtd, null), "alert-unreadable"],
    [
      "with more elements than any",
      packed(signed.replace("</Signature>", `${"<Object/>".repeat(5_000)}</Signature>`), null),
      "alert-unreadable",
    ],
    ["of no XML", packed("lũ về", null), "alert-unreadable"],
    ["that is no gzip", "AAAA", "alert-unreadable"],
    [
      "that unpacks to 64 MiB",
      gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString("base64url"),
      "alert-unreadable",
    ],
    ["that breaks off", bomb, "alert-unreadable"],
  ])("is none %s", (_how, alert, why) => {
    expect(readPinnedAlert(alert, keys)).toEqual({ ok: false, error: why });
  });

  test("is none of a key whose days are over", () => {
    const alert = packed(alertAt(now), late);
    expect(readPinnedAlert(alert, standingOf(late, now).keys)).toEqual({
      ok: false,
      error: "alert-unsigned",
    });
  });

  test("an alert inside another one: what was signed is what is read", () => {
    const outer = alertAt(now, { identifier: "X" }).replace(
      "</alert>",
      `<inner>${signed.replace(/<\?xml.*?\?>/, "")}</inner></alert>`,
    );
    expect(readPinnedAlert(packed(outer, null), keys).ok).toBe(false);
  });

  test("one that is too large for an envelope stays with people", () => {
    const noise = Array.from({ length: 40_000 }, (_, index) => nodeCrypto.sha256Hex(`${index}`).slice(0, 3));
    expect(packAlert(alertAt(now, { info: { parameter: `<!--${noise.join("")}-->` } }))).toBeNull();
    expect(packAlert(" ".repeat(300_000))).toBeNull();
  });
});

describe("what a standing approval covers", () => {
  test("goes out in its own words, no longer than the alert holds, and counts from the sender's instant", () => {
    const order = cover({ expires: capTime(now + HOUR_MS) }, {}, plus(now, 10_000));
    expect(order).toMatchObject({
      ok: true,
      value: {
        headline: "Lũ quét: rời khỏi ven suối ngay",
        areas: ["xa-an-hoa"],
        durationMs: HOUR_MS - 10_000,
        draftedAt: now,
        author: "mot",
        replaces: null,
      },
    });
    expect(JSON.stringify(order)).not.toContain("Cảnh báo");
  });

  test("by a code of the event as well as by its name", () => {
    const code = "<eventCode><valueName>VN</valueName><value>FFW</value></eventCode>";
    const wish = { info: { event: "<event>x</event>", certainty: `<certainty>Observed</certainty>${code}` } };
    expect(cover(wish).ok).toBe(false);
    expect(cover(wish, { eventCodes: [{ valueName: "VN", value: "FFW" }] }).ok).toBe(true);
  });

  test("however the keyboard of its sender composes the marks of a letter", () => {
    expect(cover({ info: { event: `<event>${"Lũ quét".normalize("NFD")}</event>` } }).ok).toBe(true);
  });

  test("an update takes the place of the latest that it names, of its own sender only", () => {
    const names = [
      { sender: SENDER, identifier: "a", sentText: capTime(now - 2 * HOUR_MS) },
      { sender: SENDER, identifier: "b", sentText: capTime(now - HOUR_MS) },
      { sender: "khac", identifier: "c", sentText: capTime(now) },
    ] as const;
    const references = names.map((one) => `${one.sender},${one.identifier},${one.sentText}`).join(" ");
    const order = cover({ msgType: "Update", references });
    expect(order).toMatchObject({ ok: true, value: { replaces: alertEmergencyId(names[1], nodeCrypto) } });
  });

  test.each<[string, AlertWish]>([
    ["another event", { info: { event: "<event>Lũ</event>" } }],
    ["another letter case", { info: { event: "<event>LŨ QUÉT</event>" } }],
    ["less urgent", { info: { urgency: "<urgency>Future</urgency>" } }],
    ["of unknown urgency", { info: { urgency: "<urgency>Unknown</urgency>" } }],
    ["less severe", { info: { severity: "<severity>Moderate</severity>" } }],
    ["less certain", { info: { certainty: "<certainty>Possible</certainty>" } }],
    ["an exercise", { status: "Exercise" }],
    ["a test", { status: "Test" }],
    ["for few only", { scope: "Private</scope><addresses>a</addresses><scope>" }],
    ["an acknowledgement", { msgType: "Ack", references: `${SENDER},a,${capTime(now)}` }],
    ["its cancelling", { msgType: "Cancel", references: `${SENDER},a,${capTime(now)}` }],
    ["elsewhere", { area: areaOf("xa-khac") }],
    [
      "a shape on the map alone",
      { area: "<area><areaDesc>x</areaDesc><circle>16.2,108.2 5</circle></area>" },
    ],
    [
      "the end of the danger",
      { info: { event: "<event>Lũ quét</event><responseType>AllClear</responseType>" } },
    ],
  ])("not %s", (_what, wish) => {
    expect(cover(wish).ok).toBe(false);
  });

  test.each<[string, AlertWish, Partial<StandingApproval>, number, string]>([
    ["an alert that is over", { expires: capTime(now + HOUR_MS) }, {}, now + HOUR_MS, "expired"],
    ["an alert of a year ago", {}, {}, now + 365 * 24 * HOUR_MS, "expired"],
    ["after its own end", {}, { to: now }, now, "expired"],
    ["before its beginning", {}, { from: plus(now, 1_000) }, now, "not-yet-valid"],
    [
      "before the alert takes effect",
      {
        info: {
          certainty: `<certainty>Observed</certainty><effective>${capTime(now + HOUR_MS)}</effective>`,
        },
      },
      {},
      now,
      "not-yet-valid",
    ],
    ["another sender", {}, { sender: "khac" }, now, "alert-not-covered"],
  ])("not %s", (_what, wish, changed, at, why) => {
    expect(cover(wish, changed, asInstant(at))).toEqual({ ok: false, error: why });
  });

  test("an alert of the very second in which it was approved is one that came after", () => {
    expect(cover({}, { from: plus(now, 999) }).ok).toBe(true);
  });

  test("the same alert has one name, by whichever approval it goes out", () => {
    const first = cover({});
    const second = cover({}, { headline: "Khác", events: ["Lũ quét", "Lũ"] });
    expect(first.ok && second.ok && first.value.id === second.value.id).toBe(true);
  });
});
