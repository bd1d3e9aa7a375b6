import { type AlertFacts, standingsOf } from "@loa/controller/domain/alert-chain.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const now = asInstant(1_000_000);
const sender = "dai@kttv.example.vn";

function alert(id: string, changed: Partial<AlertFacts> = {}): AlertFacts {
  return {
    id,
    sender,
    identifier: id,
    sentText: "2026-11-23T04:30:00+07:00",
    status: "Actual",
    msgType: "Alert",
    references: [],
    expiresAt: null,
    dismissedAt: null,
    ...changed,
  };
}
const to = (one: AlertFacts, by = sender) => ({ ...one, sender: by });
const said = (all: readonly AlertFacts[]) => Object.fromEntries(standingsOf(all, now));

const first = alert("first");
const second = alert("second", { msgType: "Update", references: [to(first)] });
const third = alert("third", { msgType: "Update", references: [to(first), to(second)] });
const end = alert("end", { msgType: "Cancel", references: [to(third)] });

test("an update takes the place of what it names, and a cancel ends it", () => {
  expect(said([first])).toEqual({ first: "open" });
  expect(said([first, second])).toEqual({ first: "superseded", second: "open" });
  expect(said([first, second, third, end])).toEqual({
    first: "superseded",
    second: "superseded",
    third: "cancelled",
    end: "no-alert",
  });
});

test("an exercise or a test ends nothing that is actual", () => {
  for (const status of ["Exercise", "Test", "System", "Draft"] as const)
    for (const msgType of ["Update", "Cancel"] as const) {
      const tried = alert("tried", { status, msgType, references: [to(first)] });
      expect(said([first, tried])).toMatchObject({ first: "open" });
    }
});

test("the order of arrival changes nothing", () => {
  const chain = [first, second, third, end];
  fc.assert(
    fc.property(fc.shuffledSubarray(chain, { minLength: chain.length }), (order) => {
      expect(said(order)).toEqual(said(chain));
    }),
  );
});

test("a cancel that comes before its alert ends it when it comes", () => {
  const early = alert("early", { msgType: "Cancel", references: [to(first)] });
  expect(said([early])).toEqual({ early: "no-alert" });
  expect(said([early, first]).first).toBe("cancelled");
});

test("nobody ends what another sender has sent, whatever it names", () => {
  const foreign = alert("foreign", {
    sender: "x@elsewhere.example",
    msgType: "Cancel",
    references: [to(first)],
  });
  const posing = alert("posing", {
    sender: "x@elsewhere.example",
    msgType: "Cancel",
    references: [to(first, "x@elsewhere.example")],
  });
  expect(said([first, foreign, posing]).first).toBe("open");
});

test("an acknowledgement and an error report are no alerts, and end none", () => {
  const ack = alert("ack", { msgType: "Ack", references: [to(first)] });
  expect(said([first, ack])).toEqual({ first: "open", ack: "no-alert" });
});

test("an alert is over when it expires or somebody has put it aside, and a cancel says more than either", () => {
  expect(said([alert("a", { expiresAt: now })])).toEqual({ a: "expired" });
  expect(said([alert("a", { expiresAt: asInstant(now + 1) })])).toEqual({ a: "open" });
  expect(said([alert("a", { dismissedAt: now })])).toEqual({ a: "dismissed" });
  const gone = alert("a", { dismissedAt: now, expiresAt: now });
  expect(said([gone, alert("c", { msgType: "Cancel", references: [to(gone)] })]).a).toBe("cancelled");
});
