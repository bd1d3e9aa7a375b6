import { textInWords } from "@loa/controller/keys/approved-words.ts";
import { BUILT_IN_TEXT } from "@loa/shared/broadcast/built-in-sounds.ts";
import { asItIs } from "@loa/shared/kernel/as-it-is.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { orderText } from "@loa/shared/trust/order.ts";
import { standingApprovalText } from "@loa/shared/trust/standing-approval.ts";
import { expect, test } from "vitest";
import { unsignedOrder } from "../../support/emergency-orders.ts";
import { relayOf } from "../../support/plans.ts";
import { signingService } from "../../support/signed-cap.ts";
import { SENDER, standingOf } from "../../support/standing-approvals.ts";

const now = asInstant(Date.parse("2026-11-23T08:00:00+07:00"));
const beside = { areaNames: ["Xã Khác"], boxes: 3, author: { name: "Ai đó" } };
const order = (headline: string) =>
  orderText({
    ...unsignedOrder("lu", ["xa-an-hoa" as never], { at: now, by: "mot" as never }).order,
    headline,
  });

test("the words of an order are those of its own text, and what the control room says beside it stands apart", () => {
  const words = textInWords(order("Lũ về"), beside) ?? [];
  expect(words.slice(0, 3)).toEqual(["ACTUAL EMERGENCY («KHẨN CẤP»)", "  Lũ về", "  in xa-an-hoa"]);
  expect(words.at(-2)).toContain("written by mot");
  expect(words.at(-1)).toBe("  the control room says: Xã Khác; 3 boxes; written by Ai đó");
});

test("of a station all of it is read out that decides whose sound is heard, and how loud", () => {
  const station = {
    ...relayOf("dai"),
    ...{ url: "http://k\u00e9nh.test/\u202elive", hosts: ["cdn.test"], isPrivate: true, gainDb: -18 },
  };
  const { order: unsigned } = unsignedOrder("lu", ["xa-an-hoa" as never], { at: now, by: "mot" as never });
  const text = orderText({ ...unsigned, stream: { source: station, durationMs: 60_000 } });
  const words = (textInWords(text, beside) ?? []).join("\n");
  for (const part of ["http://xn--", "cdn.test", "own network", "-18 dB"]) expect(words).toContain(part);
  expect(words).not.toContain("\u202e");
});

test("the words that a box has of its own are read out, of the emergency and of its correction", () => {
  const { order: unsigned } = unsignedOrder("lu", ["xa-an-hoa" as never], { at: now, by: "mot" as never });
  const correction = { id: "lu-c" as never, notice: null };
  const words = (textInWords(orderText({ ...unsigned, notice: null, correction }), beside) ?? []).join("\n");
  expect(words).toContain(BUILT_IN_TEXT.actual);
  expect(words).toContain(BUILT_IN_TEXT.correction);
  expect(words).not.toContain(BUILT_IN_TEXT.exercise);
});

test("no name and no headline moves the cursor of who reads it, wipes a line, or turns words round", () => {
  expect(asItIs("lan\u001b[1A\u001b[2K\r\u202eév\n")).toBe("lan\uFFFD[1A\uFFFD[2K\uFFFD\uFFFDév\uFFFD");
  expect(asItIs("  Lũ quét: rời khỏi ven suối ngay")).toBe("  Lũ quét: rời khỏi ven suối ngay");
});

test("of a standing approval the sender, the events, the places and the days are read out", async () => {
  const approved = standingOf(await signingService("ec"), now, { correction: { notice: null } });
  const words = (textInWords(standingApprovalText(approved), beside) ?? []).join("\n");
  for (const part of [`alerts of ${SENDER}`, "Lũ quét", "in xa-an-hoa", "from 2026-11-23", "correction"])
    expect(words).toContain(part);
});

test("what is no text of ours in its one form has no words", () => {
  expect(textInWords("{}", beside)).toBeNull();
  expect(textInWords(` ${order("Lũ về")}`, beside)).toBeNull();
});
