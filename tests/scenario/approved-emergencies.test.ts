import { insertUser } from "@loa/controller/store/users.ts";
import type { Evidence } from "@loa/shared/broadcast/receipt.ts";
import type { BoxId, EmergencyId, OccurrenceId, UserId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, HOUR_MS, MINUTE_MS, plus, toLocal } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { approveWith, newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import { emergencyFrom, type LocalOrder, type SignedOrder } from "@loa/shared/trust/order.ts";
import type { RosterKey } from "@loa/shared/trust/roster.ts";
import type { EnvelopeKind } from "@loa/shared/wire/envelope.ts";
import { areaTopic, rosterTopic } from "@loa/shared/wire/topics.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { opened } from "../support/box-puppet.ts";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { emptyDisk, fillDisk } from "../support/full-disk.ts";
import { commune, createHeartWorld, type HeartWorld, operator, province } from "../support/heart-world.ts";
import { machineKey, personKey, rosterWith, signers, signRoster } from "../support/trust-world.ts";

let world: HeartWorld;
const persons = ["lan", "minh", "hoa"].map((name) => ({
  name: name as UserId,
  key: newSoftwareKey("localhost", "http://localhost"),
}));

beforeEach(async () => {
  world = await createHeartWorld();
  await arm();
});
afterEach(() => world.close());

/** Two approvers for the whole province. */
async function arm(version = 1, of: readonly number[] = [0, 1]): Promise<void> {
  const at = world.time.clock.now();
  const dated = (key: RosterKey): RosterKey => ({
    ...key,
    grants: key.grants.map((one) => ({ ...one, from: plus(at, -DAY_MS), to: plus(at, 365 * DAY_MS) })),
  });
  const keys = [
    machineKey(world.broker.controllerKey, province),
    ...persons
      .filter((_, index) => of.includes(index))
      .map(({ name, key }) => personKey(name, key, ["approve-actual"], [province])),
  ].map(dated);
  for (const { name } of version === 1 ? persons : [])
    await insertUser(world.db(), { id: name, name, passwordHash: "", createdAt: at });
  const roster = rosterWith(keys, { province, version, issuedAt: at, expiresAt: plus(at, 365 * DAY_MS) });
  const taken = await world.heart().rosters.take(signRoster(roster, signers(2)), operator);
  expect(taken.ok).toBe(true);
}

const draft = (id: string, more: object = {}) => {
  const at = world.time.clock.now();
  const { order } = unsignedOrder(id, [commune], { at, by: operator, ...more });
  return world.heart().drafts.add(order, order.approveBy);
};

async function approve(id: string, person: number) {
  const { drafts } = world.heart();
  const found = drafts.find(id as EmergencyId);
  const who = persons[person];
  if (found === null || who === undefined) throw new Error(`no draft ${id}`);
  const approval = approveWith(who.key, who.name, challengeOf(found.payload, nodeCrypto));
  const lineages = [[commune, province]];
  return await drafts.approve(id as EmergencyId, { person: who.name, approval, lineages });
}

function localOrder(id: string, box: BoxId): LocalOrder {
  const at = world.time.clock.now();
  const { order } = unsignedOrder(id, [commune], { at, by: operator });
  const { areas: _a, replaces: _r, correction: _c, approveBy: _b, ...rest } = order;
  return {
    ...rest,
    kind: "local-emergency",
    severity: "actual",
    box,
    trigger: { capability: "amplifier.temperature", edge: "above", limit: 60 },
    from: at,
    to: plus(at, 30 * DAY_MS),
  };
}

const said = (kind: EnvelopeKind) =>
  world.broker.sent
    .filter(({ topic }) => topic === areaTopic(commune))
    .map(({ payload }) => opened(payload, world.broker))
    .filter((one) => one.kind === kind);

const rosters = () => world.broker.sent.filter(({ topic }) => topic === rosterTopic);

test("what goes out is what was approved, with the approvals, at once and at every repetition", async () => {
  const silent = await world.addBox("box-1");
  const { order, payload } = await draft("flood");
  expect(await approve("flood", 0)).toMatchObject({ ok: true, value: { emergency: null } });
  expect(said("emergency")).toEqual([]);
  const last = await approve("flood", 1);
  if (!last.ok || last.value.emergency === null) throw new Error("not raised");
  const { emergency } = last.value.emergency;
  expect(emergency).toEqual(emergencyFrom(order, emergency.at));
  const [body] = said("emergency").map((one) => one.body);
  expect(body).toMatchObject({ emergency, order: { payload, approvals: [{ key: "lan" }, { key: "minh" }] } });
  await world.time.advance(10_000);
  expect(silent.got("emergency").length).toBeGreaterThan(0);
  for (const one of silent.got("emergency")) expect(one.body).toEqual(body);
  await world.crash();
  silent.connect(2);
  await world.time.advance(10_000);
  expect(silent.got("emergency").at(-1)?.body).toEqual(body);
});

test("a crash between the two approvals loses neither the draft nor the first of them", async () => {
  await draft("flood");
  await approve("flood", 0);
  await world.crash();
  expect(await approve("flood", 0)).toEqual({ ok: false, error: "already" });
  expect(await approve("flood", 1)).toMatchObject({ ok: true, value: { emergency: { raisedBy: operator } } });
  await world.crash();
  expect(await approve("flood", 1)).toEqual({ ok: false, error: "over" });
  expect(world.rows("select id from emergency")).toHaveLength(1);
});

test("a crash between the last approval and the first word of it: its boxes hear of it all the same", async () => {
  const box = await world.addBox("box-1");
  await draft("flood");
  await approve("flood", 0);
  world.broker.losesAll = true;
  await approve("flood", 1);
  world.broker.losesAll = false;
  expect(box.got("emergency")).toEqual([]);
  await world.crash();
  box.connect(1);
  await world.time.advance(12_000);
  expect(box.got("emergency").length).toBeGreaterThan(0);
  expect(box.got("emergency")[0]?.body).toMatchObject({ order: { approvals: [{}, {}] } });
});

test("a full disk delays neither draft nor approval nor the word, and all of it is in the books afterwards", async () => {
  await world.addBox("box-1");
  await fillDisk(world.db());
  const ids = Array.from({ length: 30 }, (_, index) => `flood-${index}`);
  for (const id of ids) {
    await draft(id);
    await approve(id, 0);
    await approve(id, 1);
  }
  expect(said("emergency")).toHaveLength(ids.length);
  expect(world.rows("select id from emergency").length).toBeLessThan(ids.length);
  await emptyDisk(world.db());
  await world.time.advance(10_000);
  expect(world.rows("select id from emergency where signed_order is not null")).toHaveLength(ids.length);
  expect(world.rows("select person from emergency_approval")).toHaveLength(2 * ids.length);
  expect(world.rows("select id from emergency_draft where raised_at is null")).toEqual([]);
});

test("a STOP within its areas, above or below, overtakes a draft, also after a crash; a later one is none the worse", async () => {
  await draft("flood");
  await approve("flood", 0);
  await world.time.advance(1_000);
  await world.heart().changes.stop(province, operator);
  expect(await approve("flood", 1)).toEqual({ ok: false, error: "over" });
  expect(world.heart().drafts.find("flood" as EmergencyId)?.isOvertaken).toBe(true);
  await world.crash();
  expect(await approve("flood", 1)).toEqual({ ok: false, error: "over" });
  await world.time.advance(1_000);
  await draft("flood-again");
  await approve("flood-again", 0);
  expect(await approve("flood-again", 1)).toMatchObject({
    ok: true,
    value: { draft: { isOvertaken: false } },
  });
});

test("one that takes the place of another cancels it with the same commit", async () => {
  const box = await world.addBox("box-1");
  await draft("flood");
  await approve("flood", 0);
  await approve("flood", 1);
  await draft("bigger-flood", { replaces: "flood" });
  await approve("bigger-flood", 0);
  await approve("bigger-flood", 1);
  expect(said("emergency").at(-1)?.body).toMatchObject({
    emergency: { id: "bigger-flood", replaces: "flood" },
  });
  expect(said("cancel").map((one) => one.body)).toEqual([{ emergency: "flood" }]);
  expect(world.rows("select id from emergency where cancelled_at is not null")).toEqual([{ id: "flood" }]);
  await world.crash();
  box.connect(1);
  await world.time.advance(12_000);
  expect(box.got("emergency").map((one) => one.body)).not.toContainEqual(
    expect.objectContaining({ emergency: expect.objectContaining({ id: "flood" }) }),
  );
});

test("a correction is said with the cancelling, also to a box that comes back after the end of what was wrong", async () => {
  const box = await world.addBox("box-1");
  await draft("flood", { durationMs: MINUTE_MS, correction: { id: "flood-was-wrong", notice: null } });
  await approve("flood", 0);
  await approve("flood", 1);
  await world.heart().changes.cancelEmergency("flood" as EmergencyId, operator, "corrected");
  const correctedAt = world.time.clock.now();
  expect(said("cancel")[0]?.body).toEqual({ emergency: "flood", correctedAt });
  await world.crash();
  await world.time.advance(5 * MINUTE_MS);
  box.connect(1);
  await world.time.advance(1_000);
  expect(box.got("cancel").at(-1)?.body).toEqual({ emergency: "flood", correctedAt });
});

test("the roster lies on its topic for whoever connects, after a restart too, and boxes tell which one they have", async () => {
  const box = await world.addBox("box-1");
  expect(rosters()).toHaveLength(1);
  expect(rosters()[0]).toMatchObject({ retain: true, qos: 1 });
  await arm(2);
  await world.crash();
  const { rosters: chain } = JSON.parse(rosters().at(-1)?.payload ?? "{}");
  expect(chain).toHaveLength(1);
  expect(JSON.parse(chain[0].payload).version).toBe(2);
  expect(world.heart().fleet.rosterVersions()).toEqual([0]);
  box.connect(1);
  box.report({ roster: 1 });
  expect(world.heart().fleet.rosterVersions()).toEqual([1]);
});

const evidence: Evidence = {
  dueMs: 9_000,
  playedMs: 9_000,
  startErrorMs: 180,
  mixerDb: -12,
  amplifierOn: true,
  amplifierDb: -14,
  amplifierMeterPercent: null,
  gainDb: null,
  lineCurrentA: null,
  microphoneDb: null,
  microphoneMatch: null,
  unmeasuredMs: 0,
  provenAgeMs: 400,
  clock: "synced",
  clockErrorMs: 4,
};

/** What the box says of a message that it has said. */
const receiptOf = (occurrenceId: string, dueAt: number) => ({
  kind: "receipt" as const,
  receipt: {
    occurrenceId: occurrenceId as OccurrenceId,
    dueAt: asInstant(dueAt),
    verdict: "heard" as const,
    cause: null,
    evidence,
    at: world.time.clock.now(),
  },
});
const { date, time } = toLocal(asInstant(Date.UTC(2026, 10, 23)));

test("receipts of a correction, and of what a box has started by itself, are taken from those who can have said them", async () => {
  const box = await world.addBox("box-1");
  const other = await world.addBox("box-2");
  box.connect(1);
  other.connect(1);
  await draft("flood", { correction: { id: "was-wrong", notice: null } });
  await approve("flood", 0);
  await approve("flood", 1);
  const at = world.time.clock.now();
  box.event("s", 1, receiptOf(`was-wrong@${date}T${time}`, at));
  await world.time.advance(3_000);
  expect(world.rows("select source_id from receipt where source_id = 'was-wrong'")).toEqual([]);
  await world.heart().changes.cancelEmergency("flood" as EmergencyId, operator, "corrected");
  await world.heart().drafts.add(localOrder("pump", box.id), plus(at, HOUR_MS));
  for (const person of [0, 1]) await approve("pump", person);
  box.event("s", 2, receiptOf(`was-wrong@${date}T${time}`, at));
  box.event("s", 3, receiptOf(`pump@${date}T${time}`, at));
  other.event("s", 1, receiptOf(`pump@${date}T${time}`, at));
  await world.time.advance(3_000);
  expect(
    world.rows("select box_id, source_id from receipt where source_id <> 'flood' order by source_id"),
  ).toEqual([
    { box_id: "box-1", source_id: "pump" },
    { box_id: "box-1", source_id: "was-wrong" },
  ]);
  expect(world.heart().fleet.now(box.id)?.row.lastReceipt?.title).toBe("Lũ về, di dời ngay");
});

test("what a box may start by itself is brought to it whole, each time something of it changes, and after a restart", async () => {
  const box = await world.addBox("box-1");
  const at = world.time.clock.now();
  const told = () =>
    (box.got("local").at(-1)?.body as { orders: readonly SignedOrder[] } | undefined)?.orders.map(
      (one) => JSON.parse(one.payload).id,
    );
  for (const id of ["pump", "gate"]) {
    await world.heart().drafts.add(localOrder(id, box.id), plus(at, HOUR_MS));
    await approve(id, 0);
    expect(told()).toEqual(id === "pump" ? undefined : ["pump"]);
    await approve(id, 1);
    await world.time.advance(1_000);
  }
  expect(told()).toEqual(["pump", "gate"]);
  await world.crash();
  box.connect(1);
  await world.time.advance(1_000);
  const command = box.got("local").at(-1)?.id ?? "";
  expect(told()).toEqual(["pump", "gate"]);
  box.ack(command);
  await world.heart().drafts.withdraw("pump" as EmergencyId, operator);
  await world.time.advance(1_000);
  expect(told()).toEqual(["gate"]);
  expect(said("emergency")).toEqual([]);
});

test("what somebody has approved who may not any more keeps nothing else from its box", async () => {
  const box = await world.addBox("box-1");
  const at = world.time.clock.now();
  await world.heart().drafts.add(localOrder("pump", box.id), plus(at, HOUR_MS));
  for (const person of [0, 1]) await approve("pump", person);
  await world.time.advance(1_000);
  const told = () =>
    (box.got("local").at(-1)?.body as { orders: readonly unknown[] } | undefined)?.orders.length;
  expect(told()).toBe(1);
  await arm(2, [0, 2]);
  await world.time.advance(1_000);
  // By the roster of this day the box is to hold none.
  expect(told()).toBe(0);
  await world.heart().drafts.add(localOrder("gate", box.id), plus(at, HOUR_MS));
  for (const person of [0, 2]) await approve("gate", person);
  await world.time.advance(1_000);
  // The box refuses a list as a whole.
  const list = box.got("local").at(-1)?.body as { orders: readonly SignedOrder[] } | undefined;
  expect(list?.orders.map((one) => JSON.parse(one.payload).id)).toEqual(["gate"]);
});
