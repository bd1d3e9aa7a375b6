import { areaId, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { readPinnedAlert } from "@loa/shared/node/cap/read-pinned-alert.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { orderFromCovered } from "@loa/shared/trust/alert-order.ts";
import { standingApprovalText } from "@loa/shared/trust/standing-approval.ts";
import { expect, test } from "vitest";
import { areaOf } from "../support/cap-messages.ts";
import { alertOf, answerTo, type Carried, carry, standing, TWO } from "../support/carried-alerts.ts";
import { approvedStanding, type Person, type RosterWorld, rosterWorld } from "../support/roster-world.ts";
import { signCap, signingService } from "../support/signed-cap.ts";
import { alertAt, capTime, packed, SENDER } from "../support/standing-approvals.ts";

const stranger = await signingService("ec");

test("an alert of the sender, of the kind and here: it sounds at once in the words that were approved", async () => {
  const world = await rosterWorld();
  const carriedAt = world.time.instant();
  expect(await answerTo(world, { approved: standing(world), document: alertOf(world) })).toBe("accepted");
  expect(world.names()).toEqual(["siren", "notice"]);
  expect((world.sounds()[0]?.from ?? 0) - carriedAt).toBeLessThan(700);
});

test("an exercise says that it is one", async () => {
  const world = await rosterWorld();
  const approved = standing(world, { severity: "exercise" });
  expect(await answerTo(world, { approved, document: alertOf(world, { status: "Exercise" }) })).toBe(
    "accepted",
  );
  expect(world.box.loudspeaker.stretches[0]?.source).toMatchObject({ kind: "siren", severity: "exercise" });
});

const wrapped = (world: RosterWorld) => {
  const good = alertOf(world);
  const signature = /<Signature.*<\/Signature>/s.exec(good)?.[0] ?? "";
  const other = alertAt(world.time.instant(), { area: areaOf("tinh"), identifier: "X" });
  return other.replace("</alert>", `${signature}</alert>`);
};

test.each<[string, (world: RosterWorld) => Carried, string]>([
  [
    "signed with another key than the sender's",
    (world) => ({
      approved: standing(world),
      document: signCap(alertAt(world.time.instant(), { area: areaOf("tinh") }), stranger),
    }),
    "alert-unsigned",
  ],
  [
    "changed after it was signed",
    (world) => ({
      approved: standing(world),
      document: alertOf(world).replace("<event>Lũ quét", "<event>Sóng thần"),
    }),
    "alert-unsigned",
  ],
  [
    "with the signature of another alert",
    (world) => ({ approved: standing(world), document: wrapped(world) }),
    "alert-unsigned",
  ],
  [
    "with a DTD",
    (world) => ({
      approved: standing(world),
      document: alertOf(world).replace("<alert", "<!DOCTYPE alert><alert"),
    }),
    "alert-unreadable",
  ],
  [
    "of another event",
    (world) => ({
      approved: standing(world),
      document: alertOf(world, { info: { event: "<event>Nắng nóng</event>" } }),
    }),
    "alert-not-covered",
  ],
  [
    "of another area",
    (world) => ({ approved: standing(world), document: alertOf(world, { area: areaOf("xa-khac") }) }),
    "alert-not-covered",
  ],
  [
    "for another area than the approval's, whatever its list of codes says",
    (world) => ({
      approved: standing(world, { areas: [areaId.parse("xa-khac")] }),
      document: alertOf(world),
    }),
    "wrong-audience",
  ],
  [
    "a test of the sender",
    (world) => ({ approved: standing(world), document: alertOf(world, { status: "Test" }) }),
    "alert-not-covered",
  ],
  [
    "an exercise under an approval for the real thing",
    (world) => ({ approved: standing(world), document: alertOf(world, { status: "Exercise" }) }),
    "alert-not-covered",
  ],
  [
    "that is over",
    (world) => ({
      approved: standing(world),
      document: alertOf(world, { expires: capTime(world.time.instant() - MINUTE_MS) }),
    }),
    "expired",
  ],
  [
    "under an approval that is over",
    (world) => ({
      approved: standing(world, { to: plus(world.time.instant(), -MINUTE_MS) }),
      document: alertOf(world),
    }),
    "expired",
  ],
  [
    "under an approval that has not begun",
    (world) => ({
      approved: standing(world, { from: plus(world.time.instant(), HOUR_MS) }),
      document: alertOf(world),
    }),
    "not-yet-valid",
  ],
  [
    "under another name, to be said a second time",
    (world) => ({ approved: standing(world), document: alertOf(world), id: "cap-khac" }),
    "not-approved",
  ],
  [
    "with other words",
    (world) => ({ approved: standing(world), document: alertOf(world), headline: "Mời ăn cỗ" }),
    "not-approved",
  ],
])("not one %s", async (_what, wishOf, why) => {
  const world = await rosterWorld();
  expect(await answerTo(world, wishOf(world))).toBe(why);
  expect(world.names()).toEqual([]);
});

test.each<[string, readonly Person[]]>([
  ["nobody", []],
  ["one person", ["hai"]],
  ["the same person twice", ["hai", "hai"]],
  ["who wrote it and one more", ["mot", "hai"]],
  ["who may approve exercises only", ["hai", "tu"]],
  ["who may approve in another commune only", ["hai", "nam"]],
])("%s is not enough for a standing approval", async (_who, by) => {
  const world = await rosterWorld();
  const approved = standing(world);
  const signed = approvedStanding(approved, by);
  expect(await answerTo(world, { approved, signed, document: alertOf(world) })).toBe("not-approved");
  expect(world.names()).toEqual([]);
});

test("what was edited after the approvals allows nothing", async () => {
  const world = await rosterWorld();
  const signed = approvedStanding(standing(world), TWO);
  const edited = standing(world, { headline: "Mời ăn cỗ" });
  const payload = standingApprovalText(edited);
  const wish = { approved: edited, signed: { ...signed, payload }, document: alertOf(world) };
  expect(await answerTo(world, wish)).toBe("not-approved");
});

test("a bomb in place of an alert costs its limit and no more", async () => {
  const { gzipSync } = await import("node:zlib");
  const world = await rosterWorld();
  const sent = gzipSync(Buffer.alloc(12 * 1024 * 1024), { level: 9 }).toString("base64url");
  const wish = { approved: standing(world), document: alertOf(world), sent };
  expect(await answerTo(world, wish)).toBe("alert-unreadable");
});

test("one that is larger than an envelope is not looked at", async () => {
  const world = await rosterWorld();
  const before = world.room.acks.length;
  carry(world, { approved: standing(world), document: alertOf(world), sent: "A".repeat(40_000) });
  await world.soon();
  expect(world.room.acks.length).toBe(before);
  expect(world.names()).toEqual([]);
});

test("the control room's key alone cannot say the same alert again, at another moment or after it was cancelled", async () => {
  const world = await rosterWorld();
  const wish = { approved: standing(world), document: alertOf(world) };
  expect(await answerTo(world, wish)).toBe("accepted");
  expect(await answerTo(world, wish)).toBe("replayed");
  const read = readPinnedAlert(packed(wish.document, null), wish.approved.keys);
  const order = read.ok
    ? orderFromCovered(wish.approved, read.value, world.time.instant(), nodeCrypto)
    : read;
  if (order.ok) world.room.command("cancel", { emergency: order.value.id }, HOUR_MS);
  await world.soon();
  expect(await answerTo(world, wish)).toBe("expired");
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("after a STOP what its sender has sent before is void, and what is sent later sounds", async () => {
  const world = await rosterWorld();
  const wish = { approved: standing(world), document: alertOf(world) };
  await world.soon();
  world.stop(world.time.instant());
  await world.soon();
  expect(await answerTo(world, wish)).toBe("stopped");
  expect(world.names()).toEqual([]);
  const later = { ...wish, document: alertOf(world, { identifier: "KTTV-2" }) };
  expect(await answerTo(world, later)).toBe("accepted");
});

test("days later nobody is alarmed by it any more, whenever it claims to be raised", async () => {
  const world = await rosterWorld();
  const wish = { approved: standing(world), document: alertOf(world), at: world.time.instant() };
  await world.soon(3 * DAY_MS);
  expect(await answerTo(world, wish)).toBe("expired");
  expect(await answerTo(world, { ...wish, at: world.time.instant() })).toBe("expired");
  expect(world.names()).toEqual([]);
});

test("one that was taken back allows nothing any more, also after a power cut", async () => {
  const world = await rosterWorld();
  const approved = standing(world);
  const standings = [{ id: approved.id, until: approved.to }];
  world.room.command("withdraw", { standings }, HOUR_MS);
  await world.soon();
  expect(world.answer()).toBe("accepted");
  expect(await answerTo(world, { approved, document: alertOf(world) })).toBe("withdrawn");
  world.box.cutPower();
  world.box.boot();
  await world.soon(MINUTE_MS);
  const document = alertOf(world, { identifier: "KTTV-2" });
  expect(await answerTo(world, { approved, document })).toBe("withdrawn");
  expect(world.names()).toEqual([]);
});

test("who has stolen the control room's key makes no box forget that it was taken back", async () => {
  const world = await rosterWorld();
  const approved = standing(world);
  const { id } = approved;
  world.room.command("withdraw", { standings: [{ id, until: approved.to }] }, HOUR_MS);
  await world.soon();
  const inAMinute = plus(world.time.instant(), MINUTE_MS);
  world.room.command("withdraw", { standings: [{ id, until: inAMinute }] }, HOUR_MS);
  await world.soon(2 * MINUTE_MS);
  const other = { id: standingApprovalId.parse("bao"), until: approved.to };
  world.room.command("withdraw", { standings: [other] }, HOUR_MS);
  await world.soon();
  expect(world.answer()).toBe("accepted");
  expect(await answerTo(world, { approved, document: alertOf(world) })).toBe("withdrawn");
});

test("who lost the key since has approved nothing in advance", async () => {
  const world = await rosterWorld();
  const { signRoster, signers } = await import("../support/trust-world.ts");
  const next = world.rosterOf(2);
  const keys = next.keys.filter(({ id }) => id !== "ba");
  world.offer(signRoster({ ...next, keys }, signers(2)));
  await world.soon();
  const wish = { approved: standing(world), document: alertOf(world) };
  expect(await answerTo(world, wish)).toBe("not-approved");
  expect(world.names()).toEqual([]);
});

test("an update of the sender takes the place of what it names", async () => {
  const world = await rosterWorld();
  const approved = standing(world, { times: 5 });
  const firstAt = world.time.instant();
  expect(await answerTo(world, { approved, document: alertOf(world) })).toBe("accepted");
  const references = `${SENDER},KTTV-2026-11-23-001,${capTime(firstAt)}`;
  const document = alertOf(world, { identifier: "KTTV-2", msgType: "Update", references });
  expect(await answerTo(world, { approved, document })).toBe("accepted");
  expect(world.names().filter((what) => what === "siren").length).toBeGreaterThan(1);
});
