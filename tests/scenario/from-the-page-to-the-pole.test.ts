import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import { type World, world } from "../support/world.ts";

const draftAnswer = z.object({ draft: z.object({ id: z.string() }) });
const alarm = {
  headline: "Lũ quét",
  sirenS: 8,
  times: 3,
  gapS: 0,
  durationMin: 30,
  message: null,
  confirm: "KHẨN CẤP",
};

/** A province of two boxes in the morning, which have its roster. */
async function inTheMorning() {
  const there = await world({ boxes: 2 });
  await there.until(there.at("04:30:00"));
  return there;
}

/** What left the loudspeaker of one box, with the words of each built-in notice. */
const said = ({ boxes }: World, index = 0) =>
  (boxes[index]?.machine.loudspeaker.stretches ?? []).map(({ source }) =>
    source.kind === "notice" ? source.words : source.kind,
  );

async function drafted(there: World, path: string, body: object): Promise<string> {
  return (await there.drive(there.operator.do("POST", path, draftAnswer, body))).draft.id;
}

/** By the persons of these places in the list, one after the other. */
async function approvedBy(there: World, draft: string, ...places: readonly number[]): Promise<void> {
  for (const place of places) {
    const person = there.trust.approvers[place]?.person ?? "";
    await there.drive(there.trust.approve(draft, person));
  }
}

const soon = (there: World, ms: number) => there.until(plus(there.time.instant(), ms));

test("one approval sounds nowhere, the second one within a second at every box", async () => {
  const there = await inTheMorning();
  const body = { ...alarm, areas: [PROVINCE_ID], severity: "actual" };
  const draft = await drafted(there, "/api/v1/emergencies", body);
  await approvedBy(there, draft, 0);
  await soon(there, MINUTE_MS);
  expect([said(there, 0), said(there, 1)]).toEqual([[], []]);
  const pressedAt = there.time.instant();
  await approvedBy(there, draft, 1);
  await soon(there, MINUTE_MS);
  for (const { machine } of there.boxes) {
    const [first] = there.heard({ machine, areas: [] });
    expect((first?.from ?? Number.POSITIVE_INFINITY) - pressedAt).toBeLessThan(SECOND_MS);
  }
});

test("a prepared correction is on the air seconds after one person has pressed, and is receipted by name", async () => {
  const there = await inTheMorning();
  const body = { ...alarm, areas: [PROVINCE_ID], severity: "actual", times: 50, correction: null };
  const draft = await drafted(there, "/api/v1/emergencies", body);
  await approvedBy(there, draft, 0, 1);
  await soon(there, 20 * SECOND_MS);
  const pressedAt = there.time.instant();
  await there.drive(there.operator.do("POST", `/api/v1/emergencies/${draft}/correct`, z.unknown()));
  await soon(there, MINUTE_MS);
  expect(said(there).slice(-2)).toEqual(["correction", "correction"]);
  const corrected = there.boxes[0]?.machine.loudspeaker.stretches.find(
    ({ source }) => source.kind === "notice" && source.words === "correction",
  );
  expect(there.time.instantAt(corrected?.from ?? Number.POSITIVE_INFINITY) - pressedAt).toBeLessThan(3_000);
  const words = (await there.receipts()).filter(({ verdict }) => verdict === "heard");
  expect(words).toHaveLength(there.boxes.length);
});

test("what was approved for a box in advance is started by its contact while the control room is dead", async () => {
  const there = await inTheMorning();
  const box = there.boxes[0]?.machine;
  if (box === undefined) throw new Error("no box");
  const now = there.time.instant();
  const body = {
    ...alarm,
    trigger: { capability: "cabinet.door", edge: "above", limit: 1 },
    ...{ from: now, to: plus(now, 24 * HOUR_MS), times: 1 },
  };
  const draft = await drafted(there, `/api/v1/boxes/${box.id}/local-orders`, body);
  await approvedBy(there, draft, 0, 1);
  await soon(there, MINUTE_MS);
  there.controller.kill();
  box.amplifier.setFaults(["door-open"]);
  await soon(there, MINUTE_MS);
  expect(said(there)).toEqual(["siren", "actual"]);
  expect(said(there, 1)).toEqual([]);
  await there.drive(there.controller.start());
  await soon(there, 5 * MINUTE_MS);
  const mine = (await there.receipts()).filter((one) => one.boxId === box.id);
  expect(mine).toMatchObject([{ occurrenceId: expect.stringContaining(`${draft}-1@`), verdict: "heard" }]);
});
