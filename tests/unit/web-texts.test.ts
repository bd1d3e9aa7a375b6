import { planProblemKinds } from "@loa/controller/api/box-shapes.ts";
import { problems } from "@loa/controller/api/http-problem.ts";
import { createRefusals } from "@loa/controller/bus/refusals.ts";
import { refusedWords } from "@loa/controller/counters.ts";
import { en } from "@loa/controller/web/i18n/en.ts";
import { sayCount, sayLength, sayProblem } from "@loa/controller/web/i18n/say.ts";
import { vi } from "@loa/controller/web/i18n/vi.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { refusal } from "@loa/shared/wire/envelope.ts";
import { expect, it } from "vitest";
import { createLogBook } from "../support/log-book.ts";

/** Paths of all leaves, so that two dictionaries can be compared. */
function leavesOf(value: unknown, path = ""): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}/${key}`));
}

it("both languages say the same things, problem sentences included", () => {
  const paths = (texts: unknown) => leavesOf(texts).map(([path]) => path);
  expect(paths(en).sort()).toEqual(paths(vi).sort());
});

it("every problem literal of the API has a sentence in both languages", () => {
  for (const code of Object.keys(problems)) {
    expect(vi.words.problem[code], code).toBeDefined();
    expect(en.words.problem[code], code).toBeDefined();
  }
});

it("every reason why no plan can be made has a sentence in both languages", () => {
  for (const kind of planProblemKinds) {
    expect(vi.words.planProblem[kind], kind).toBeDefined();
    expect(en.words.planProblem[kind], kind).toBeDefined();
  }
});

it("every word with which a box refuses something has a sentence in both languages", () => {
  for (const word of refusal.options) {
    expect(vi.standing.boxRefusal[word], word).toBeDefined();
    expect(en.standing.boxRefusal[word], word).toBeDefined();
  }
});

it("every word with which the broker and the door behind it refuse something has words in both languages", () => {
  const ofBroker = Object.keys(createRefusals(nodeClock, createLogBook()).counts());
  const all = [...new Set([...ofBroker, ...refusedWords])].sort();
  expect(Object.keys(vi.trust.security.refusal).sort()).toEqual(all);
  expect(Object.keys(en.trust.security.refusal).sort()).toEqual(all);
});

it("an unknown problem is still told, with its code", () => {
  const problem = { status: 418, code: "new-thing", detail: null, body: null };
  expect(sayProblem(vi, problem)).toContain("new-thing");
});

it("a clip that breaks in the middle is told with the second, and a locked sign-in with the wait", () => {
  const broken = {
    status: 422,
    code: "truncated",
    detail: null,
    body: { detail: { kind: "broke-at", second: 37.5 } },
  };
  expect(sayProblem(vi, broken)).toContain("giây thứ 37,5");
  const locked = { status: 429, code: "too-many-attempts", detail: null, body: { waitMs: 90_000 } };
  expect(sayProblem(en, locked)).toContain("90 s");
});

it("thousands of persons are written as each language writes them", () => {
  const said = (count: number) => [sayCount(vi, count), sayCount(en, count)];
  expect(said(6_042)).toEqual(["6.042", "6,042"]);
  expect(said(1_234_567)).toEqual(["1.234.567", "1,234,567"]);
  expect(said(999)).toEqual(["999", "999"]);
});

it("how long an emergency holds is told in hours and minutes, and is taken for no time of day", () => {
  const said = (minutes: number) => [sayLength(vi, minutes * 60_000), sayLength(en, minutes * 60_000)];
  expect([60, 90, 45, 1_440].map(said)).toEqual([
    ["1 giờ", "1 h"],
    ["1 giờ 30 phút", "1 h 30 min"],
    ["45 phút", "45 min"],
    ["24 giờ", "24 h"],
  ]);
  // Of an alert that holds until an instant; what is signed is not rounded.
  expect(said(61.5)[0]).toBe("1:01:30");
});

it("Vietnamese is written in composed Unicode, so that it is found when it is searched for", () => {
  for (const [path, text] of leavesOf(vi)) {
    if (typeof text === "string") expect(text, path).toBe(text.normalize("NFC"));
  }
});

it("Vietnamese puts its tone marks in one way, so that it is found when it is searched for", () => {
  const otherWay = /o[áàảãạéèẻẽẹ](?!\p{L})|(?<!q)u[ýỳỷỹỵ](?!\p{L})/iu;
  // Of a sentence that takes figures, what is looked at is its source.
  for (const [path, text] of leavesOf(vi)) expect(`${text}`, path).not.toMatch(otherWay);
});

it("the three legal classes and the fields carry their official names", () => {
  expect(vi.words.class).toEqual({ normal: "Thông thường", priority: "Ưu tiên", emergency: "Khẩn cấp" });
  expect(vi.words.field["disaster-and-emergency"]).toBe("Thiên tai, hỏa hoạn, khẩn cấp, dịch bệnh");
});
