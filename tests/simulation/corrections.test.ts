import { areaId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { demoRules, PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import type { History } from "@loa/simulator/virtual/history.ts";
import { neverFalse } from "@loa/simulator/virtual/invariants.ts";
import { observe } from "@loa/simulator/virtual/observer.ts";
import { expect, test } from "vitest";
import { world } from "../support/world.ts";

const alarm = {
  area: areaId.parse(PROVINCE_ID),
  severity: "actual",
  messageMs: null,
  times: 4,
  gapS: 30,
  durationMin: 30,
} as const;

/** An alarm that was wrong, in a province of three boxes of which one has no line. */
async function correctedHistory(): Promise<History> {
  const there = await world({ boxes: 3 });
  const observer = observe(there);
  await there.until(there.at("04:50:00"));
  there.boxes[0]?.machine.link.setCut("both");
  const raised = await there.drive(there.newsroom.raise(alarm));
  await there.until(plus(there.time.instant(), 50 * SECOND_MS));
  await there.drive(there.newsroom.correct(raised));
  await there.until(plus(there.time.instant(), 5 * MINUTE_MS));
  return there.drive(observer.history(there.newsroom, [], demoRules.quietHours));
}

const violated = (history: History) =>
  Object.entries(neverFalse).flatMap(([name, check]) => check(history).map((what) => `${name}: ${what}`));

const isCorrection = ({ what }: History["sounds"][number]) =>
  what.kind === "notice" && what.words === "correction";

test("a correction is said twice where its alarm was heard, and nowhere else; no invariant minds", async () => {
  const history = await correctedHistory();
  const corrections = history.sounds.filter(isCorrection);
  const byBox = history.boxes.map((box) => corrections.filter((one) => one.box === box).length);
  expect(byBox).toEqual([0, 2, 2]);
  expect(violated(history)).toEqual([]);
});

test("a correction that nobody asked for, or that stays away, is a violation", async () => {
  const history = await correctedHistory();
  const unasked = {
    ...history,
    emergencies: history.emergencies.filter(({ corrects }) => corrects === null),
  };
  expect(violated(unasked).join("\n")).toContain("nothing is heard that nobody ordered");
  const silent = { ...history, sounds: history.sounds.filter((one) => !isCorrection(one)) };
  expect(violated(silent).join("\n")).toContain("a healthy box says an emergency at once");
});

test("a box whose clock is behind by a moment names its correction by the second before; no invariant minds", async () => {
  const history = await correctedHistory();
  const corrections = history.emergencies.flatMap(({ emergency, corrects }) =>
    corrects === null ? [] : [emergency.id],
  );
  const receipts = history.receipts.map((one) => {
    const [id] = one.occurrence.split("@");
    const isCorrected = corrections.some((known) => known === id);
    return isCorrected ? { ...one, occurrence: occurrenceId.parse(`${id}@2026-11-30T04:49:59`) } : one;
  });
  expect(receipts).not.toEqual(history.receipts);
  expect(violated({ ...history, receipts })).toEqual([]);
  const unheard = { ...history, receipts, sounds: [] };
  expect(violated(unheard).join("\n")).toContain("no receipt claims what was not heard");
});
