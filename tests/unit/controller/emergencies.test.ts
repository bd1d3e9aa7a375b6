import { type EmergencyFacts, isConfirmed, stateAt, topmost } from "@loa/controller/domain/emergencies.ts";
import { treeOn } from "@loa/shared/broadcast/area.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { asInstant, type LocalDate } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const facts = (changed: Partial<EmergencyFacts> = {}): EmergencyFacts => ({
  answer: "pending",
  verdict: null,
  cause: null,
  isSounding: false,
  firstSoundAt: null,
  faults: [],
  presence: "online",
  ...changed,
});

test("the typed word may be written in any case and composed in any way, and nothing else", () => {
  expect(isConfirmed("actual", " khẩn cấp ".normalize("NFD"))).toBe(true);
  expect(isConfirmed("exercise", "Diễn Tập")).toBe(true);
  expect(isConfirmed("actual", "DIỄN TẬP")).toBe(false);
  expect(isConfirmed("exercise", "KHẨN CẤP")).toBe(false);
  fc.assert(fc.property(fc.string(), (typed) => !isConfirmed("actual", typed)));
});

test("an area inside another one is not told twice", () => {
  const place = (area: string, parent: string | null) => ({
    areaId: area as AreaId,
    parentId: parent as AreaId | null,
    from: "2020-01-01" as LocalDate,
    to: null,
  });
  const tree = treeOn(
    [place("tinh", null), place("xa", "tinh"), place("thon", "xa"), place("xa-2", "tinh")],
    "2026-11-23" as LocalDate,
  );
  const of = (...areas: readonly string[]) => topmost(areas as AreaId[], tree);
  expect(of("thon", "xa", "xa-2", "xa")).toEqual(["xa", "xa-2"]);
  expect(of("thon", "tinh", "xa-2")).toEqual(["tinh"]);
});

test("a box is audible only where something was heard or is being played with nothing against it", () => {
  expect(stateAt(facts({ answer: "accepted" })).state).toBe("acknowledged");
  expect(stateAt(facts({ answer: "accepted", isSounding: true })).state).toBe("audible");
  expect(stateAt(facts({ isSounding: true, faults: ["amplifier-silent"] }))).toEqual({
    state: "failed",
    cause: "amplifier-silent",
  });
  expect(stateAt(facts({ firstSoundAt: asInstant(1), verdict: "missed", cause: "power-cut" }))).toEqual({
    state: "failed",
    cause: "power-cut",
  });
  expect(stateAt(facts({ isSounding: true, faults: ["mains-lost"] })).state).toBe("audible");
});

test("what was stopped or cancelled before it sounded has not failed", () => {
  expect(stateAt(facts({ verdict: "missed", cause: "stopped" })).state).toBe("stopped");
  expect(stateAt(facts({ verdict: "missed", cause: "cancelled" })).state).toBe("stopped");
  expect(stateAt(facts({ answer: "replaced" })).state).toBe("stopped");
  expect(stateAt(facts({ verdict: "partial", cause: "cancelled" })).state).toBe("audible");
});

test("a box that has not answered waits while it is in touch, and is offline otherwise", () => {
  for (const answer of ["pending", "expired"] as const) {
    expect(stateAt(facts({ answer })).state).toBe("waiting");
    expect(stateAt(facts({ answer, presence: "unknown" })).state).toBe("offline");
  }
});
