import { emergencyId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { type RosterWorld, rosterWorld } from "../support/roster-world.ts";

const prepared = { id: emergencyId.parse("dinh-chinh"), notice: null };

/** What left the loudspeaker, with the words of each built-in notice. */
const said = (world: RosterWorld) =>
  world.box.loudspeaker.stretches.map(({ source }) =>
    source.kind === "notice" ? source.words : source.kind,
  );

test("the emergency falls silent, and the built-in words of a correction are said twice, without a siren", async () => {
  const world = await rosterWorld();
  const wrong = world.raiseApproved({ times: 20, correction: prepared });
  await world.soon(20 * SECOND_MS);
  const pressedAt = world.time.instant();
  world.correct(wrong);
  await world.soon(2 * MINUTE_MS);
  expect(said(world)).toEqual(["siren", "actual", "siren", "correction", "correction"]);
  expect((world.sounds()[3]?.from ?? 0) - pressedAt).toBeLessThan(2 * SECOND_MS);
  const receipt = world.receipts().find(({ occurrenceId }) => occurrenceId.startsWith("dinh-chinh"));
  expect(receipt?.verdict).toBe("heard");
});

test("with words of its own, which were fetched while the emergency stood", async () => {
  const world = await rosterWorld();
  const own = world.addClip("all clear", 12 * SECOND_MS);
  const wrong = world.raiseApproved({ times: 20, correction: { ...prepared, notice: own } });
  await world.soon(20 * SECOND_MS);
  world.box.folder.trouble = "unreachable";
  world.correct(wrong);
  await world.soon(2 * MINUTE_MS);
  expect(world.names().slice(-2)).toEqual([own.sha256, own.sha256]);
});

test("the correction of an exercise says that it was wrong, and not that there is an exercise", async () => {
  const world = await rosterWorld();
  const wrong = world.raiseApproved({ severity: "exercise", correction: prepared });
  await world.soon(MINUTE_MS);
  world.correct(wrong);
  await world.soon(MINUTE_MS);
  expect(said(world)).toEqual(["siren", "exercise", "correction", "correction"]);
});

test("a power cut in the middle of it takes nothing of it away", async () => {
  const world = await rosterWorld();
  const wrong = world.raiseApproved({ times: 20, correction: prepared });
  await world.soon(20 * SECOND_MS);
  world.correct(wrong);
  await world.soon(3 * SECOND_MS);
  world.box.cutPower();
  await world.soon(10 * SECOND_MS);
  world.box.boot();
  await world.soon(2 * MINUTE_MS);
  expect(said(world).slice(3)).toEqual(["correction", "correction", "correction"]);
});

test("pressed twice it is said once; one of an emergency that was never heard of says nothing", async () => {
  const world = await rosterWorld();
  const wrong = world.raiseApproved({ correction: prepared });
  await world.soon(MINUTE_MS);
  world.correct(wrong);
  world.correct(wrong);
  await world.soon(2 * MINUTE_MS);
  expect(said(world)).toEqual(["siren", "actual", "correction", "correction"]);
  world.correct({ id: emergencyId.parse("chua-nghe") });
  await world.soon(MINUTE_MS);
  expect(world.answer()).toBe("accepted");
  expect(said(world)).toHaveLength(4);
});

test("it is said after a STOP as well, for the wrong words were heard", async () => {
  const world = await rosterWorld();
  const wrong = world.raiseApproved({ times: 20, correction: prepared });
  await world.soon(20 * SECOND_MS);
  world.stop(world.time.instant());
  await world.soon(MINUTE_MS);
  world.correct(wrong);
  await world.soon(2 * MINUTE_MS);
  expect(said(world)).toEqual(["siren", "actual", "siren", "correction", "correction"]);
});

test("a STOP ends a correction too", async () => {
  const world = await rosterWorld();
  const wrong = world.raiseApproved({ correction: prepared });
  await world.soon(MINUTE_MS);
  world.correct(wrong);
  await world.soon(3 * SECOND_MS);
  world.stop(world.time.instant());
  await world.soon(MINUTE_MS);
  expect(said(world)).toEqual(["siren", "actual", "correction"]);
});
