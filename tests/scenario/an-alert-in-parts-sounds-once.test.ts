import { emergencyId, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { readPinnedAlert } from "@loa/shared/node/cap/read-pinned-alert.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { asPart, orderFromCovered, restOf } from "@loa/shared/trust/alert-order.ts";
import { expect, test } from "vitest";
import { alertOf, answerTo, type Carried, standing } from "../support/carried-alerts.ts";
import { type RosterWorld, rosterWorld } from "../support/roster-world.ts";
import { capTime, packed, SENDER } from "../support/standing-approvals.ts";

/** As the control room names the second of them. */
const partOf = (world: RosterWorld, { approved, document }: Carried) => {
  const read = readPinnedAlert(packed(document, null), approved.keys);
  const order = read.ok ? orderFromCovered(approved, read.value, world.time.instant(), nodeCrypto) : read;
  if (!order.ok) throw new Error(order.error);
  return asPart(order.value, approved, nodeCrypto).id;
};

test("an alert that goes out in parts sounds by the name of its part as well", async () => {
  const world = await rosterWorld();
  const wish = { approved: standing(world), document: alertOf(world) };
  expect(await answerTo(world, { ...wish, isPart: true })).toBe("accepted");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("an alert that goes out in parts sounds once at a box that stands in two of them, whichever comes first", async () => {
  const world = await rosterWorld();
  const document = alertOf(world);
  const first = { approved: standing(world), document };
  const second = { approved: standing(world, { id: standingApprovalId.parse("khac") }), document };
  expect(await answerTo(world, first)).toBe("accepted");
  expect(await answerTo(world, { ...second, isPart: true })).toBe("replayed");
  expect(await answerTo(world, { ...first, isPart: true })).toBe("replayed");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("an alert that goes out in parts is known as said after the first approval has ended, for as long as another may let it out", async () => {
  const world = await rosterWorld();
  const expires = capTime(plus(world.time.instant(), 12 * HOUR_MS));
  const document = alertOf(world, { expires });
  const until = { to: plus(world.time.instant(), 2 * HOUR_MS), durationMs: 10 * MINUTE_MS };
  expect(await answerTo(world, { approved: standing(world, until), document })).toBe("accepted");
  const later = standing(world, { id: standingApprovalId.parse("khac") });
  await world.soon(4 * HOUR_MS);
  expect(await answerTo(world, { approved: later, document, isPart: true })).toBe("replayed");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("an alert that goes out in parts does not sound beside what persons have let out of its rest", async () => {
  const world = await rosterWorld();
  const wish = { approved: standing(world), document: alertOf(world) };
  const part = partOf(world, wish);
  world.raiseApproved({ id: restOf(emergencyId.parse(part.replace(/-p.*/, ""))) });
  await world.soon(MINUTE_MS);
  expect(await answerTo(world, { ...wish, isPart: true })).toBe("replayed");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("an alert that goes out in parts does not come again under the other name after it was cancelled", async () => {
  const world = await rosterWorld();
  const wish = { approved: standing(world), document: alertOf(world) };
  const id = partOf(world, wish);
  expect(await answerTo(world, { ...wish, isPart: true })).toBe("accepted");
  world.room.command("cancel", { emergency: id }, HOUR_MS);
  await world.soon();
  expect(await answerTo(world, wish)).toBe("expired");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("an alert that goes out in parts has the name of no other approval's part", async () => {
  const world = await rosterWorld();
  const wish = { approved: standing(world), document: alertOf(world) };
  const other = { ...wish, approved: standing(world, { id: standingApprovalId.parse("khac") }) };
  expect(await answerTo(world, { ...wish, id: partOf(world, other) })).toBe("not-approved");
});

test("an alert that goes out in parts is replaced by the update of its alert, under whichever approval that comes", async () => {
  const world = await rosterWorld();
  const approved = standing(world, { times: 50 });
  const firstAt = world.time.instant();
  const wish = { approved, document: alertOf(world) };
  expect(await answerTo(world, { ...wish, isPart: true })).toBe("accepted");
  const references = `${SENDER},KTTV-2026-11-23-001,${capTime(firstAt)}`;
  const document = alertOf(world, { identifier: "KTTV-2", msgType: "Update", references });
  const other = standing(world, { id: standingApprovalId.parse("khac") });
  expect(await answerTo(world, { approved: other, document })).toBe("accepted");
  await world.soon(10 * MINUTE_MS);
  const before = world.names().length;
  await world.soon(30 * MINUTE_MS);
  expect(world.names()).toHaveLength(before);
});
