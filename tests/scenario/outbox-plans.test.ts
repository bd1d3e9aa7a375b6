import { planBody } from "@loa/shared/wire/bodies.ts";
import type { Envelope } from "@loa/shared/wire/envelope.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BoxPuppet } from "../support/box-puppet.ts";
import { createHeartWorld, type HeartWorld } from "../support/heart-world.ts";

let world: HeartWorld;
beforeEach(async () => {
  world = await createHeartWorld();
});
afterEach(() => world.close());

const minuteMs = 60_000;

function last(envelopes: readonly Envelope[]): Envelope {
  const one = envelopes.at(-1);
  if (one === undefined) throw new Error("nothing was sent");
  return one;
}

const row = (box: BoxPuppet) => world.heart().fleet.now(box.id)?.row;
const revisionOf = (envelope: Envelope) => planBody.parse(envelope.body).plan.revision;

test("a plan is sent again until the box itself has acknowledged it", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(10 * minuteMs);
  const sent = box.got("plan");
  expect(sent.length).toBeGreaterThan(3);
  expect(new Set(sent.map((one) => one.id)).size).toBe(1);
  expect(new Set(sent.map((one) => one.sequence)).size).toBe(sent.length);
  box.ack(last(sent).id);
  await world.time.advance(60 * minuteMs);
  expect(box.got("plan")).toHaveLength(sent.length);
  expect(world.heart().fleet.now(box.id)?.row).toMatchObject({ wantedRevision: 1, appliedRevision: 1 });
  expect(world.rows("select state from outbox")).toEqual([{ state: "accepted" }]);
});

test("pauses between copies grow, and a box that connects gets its plan at once", async () => {
  const box = await world.addBox("box-1");
  await world.time.advance(30 * minuteMs);
  const before = box.got("plan").length;
  expect(before).toBeLessThan(15);
  box.connect(1);
  await world.time.advance(10);
  expect(box.got("plan")).toHaveLength(before + 1);
});

test("an acknowledgement that another key has signed is none", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(1_000);
  const { id } = last(box.got("plan"));
  box.forge("ack", { command: id, state: "accepted", reason: null, highest: 0 });
  await world.time.advance(minuteMs);
  expect(world.heart().fleet.now(box.id)?.row.appliedRevision).toBe(0);
  expect(world.heart().counters.refused()).toEqual({ "bad-signature": 1 });
  expect(box.got("plan").length).toBeGreaterThan(1);
});

test("one box cannot acknowledge for another", async () => {
  const box = await world.addBox("box-1");
  const other = await world.addBox("box-2");
  await world.time.advance(1_000);
  other.ack(last(box.got("plan")).id);
  await world.time.advance(minuteMs);
  expect(world.heart().fleet.now(box.id)?.row.appliedRevision).toBe(0);
});

test("what was written down before a crash goes out after it, above every sequence ever used", async () => {
  const box = await world.addBox("box-1");
  await world.time.advance(1_000);
  const before = last(box.got("plan"));
  await world.crash();
  box.connect(1);
  await world.time.advance(minuteMs);
  const after = last(box.got("plan"));
  expect(after.id).toBe(before.id);
  expect(after.sequence).toBeGreaterThan(before.sequence);
});

test("a plan that was written down and never sent goes out after the crash", async () => {
  world.broker.losesAll = true;
  const box = await world.addBox("box-1");
  await world.crash();
  world.broker.losesAll = false;
  await world.time.advance(minuteMs);
  expect(revisionOf(last(box.got("plan")))).toBe(1);
});

test("a schedule that was committed when the power went, before anybody was woken, is in the next run's plans", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id);
  await world.commitSchedule("morning");
  await world.crash();
  box.connect(2);
  await world.time.advance(minuteMs);
  const { plan } = planBody.parse(last(box.got("plan")).body);
  expect(plan.schedules.map((one) => one.id)).toEqual(["morning"]);
  expect(plan.revision).toBe(2);
});

test("a new plan takes the place of the one that waits, with a higher revision", async () => {
  const box = await world.addBox("box-1");
  await world.time.advance(1_000);
  await world.addSchedule("morning");
  box.connect(1);
  await world.time.advance(5 * minuteMs);
  const plans = box.got("plan");
  expect(revisionOf(last(plans))).toBe(2);
  expect(plans.slice(2).every((one) => revisionOf(one) === 2)).toBe(true);
  expect(world.rows("select state from outbox order by created_at")).toEqual([
    { state: "replaced" },
    { state: "pending" },
  ]);
});

test("a change that changes nothing for a box sends it nothing", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id);
  const sent = box.got("plan").length;
  world.heart().changes.planInputsChanged();
  await world.time.advance(minuteMs);
  expect(box.got("plan")).toHaveLength(sent);
  expect(world.heart().fleet.now(box.id)?.row.wantedRevision).toBe(1);
});

test("a box that has seen higher sequences makes the controller go on above them", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id, { state: "refused", reason: "replayed", highest: 900_000 });
  await world.time.advance(1_000);
  expect(last(box.got("plan")).sequence).toBeGreaterThan(900_000);
});

test("a stolen box cannot use up the sequences", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id, { state: "refused", reason: "replayed", highest: 2 ** 52 });
  await world.time.advance(minuteMs);
  expect(last(box.got("plan")).sequence).toBeLessThan(2 ** 20);
});

test("a box with a higher revision than ours gets a plan above it", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  box.report({ revision: 41 });
  await world.time.advance(2_000);
  expect(revisionOf(last(box.got("plan")))).toBe(42);
});

test("a box that lost its plan gets it again, once a session", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id);
  box.report({ revision: 1 });
  const sent = box.got("plan").length;
  box.connect(2);
  box.report({ revision: 0 });
  await world.time.advance(1_000);
  expect(box.got("plan")).toHaveLength(sent + 1);
  expect(revisionOf(last(box.got("plan")))).toBe(1);
});

test("a plan that was refused comes again when the box has heard of another roster", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  const refuseUnder = async (roster: number) => {
    await world.time.advance(1_000);
    box.ack(last(box.got("plan")).id, { state: "refused", reason: "unsafe" });
    const sent = box.got("plan").length;
    box.report({ revision: 0, roster });
    await world.time.advance(1_000);
    return box.got("plan").length - sent;
  };
  expect(await refuseUnder(1)).toBe(1);
  expect(await refuseUnder(1)).toBe(0);
  expect(await refuseUnder(2)).toBe(1);
});

test("a plan that the box refuses for good is not sent again", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id, { state: "refused", reason: "bad-body" });
  const sent = box.got("plan").length;
  await world.time.advance(60 * minuteMs);
  expect(box.got("plan")).toHaveLength(sent);
  expect(world.rows("select state, reason from outbox")).toEqual([{ state: "refused", reason: "bad-body" }]);
  expect(row(box)).toMatchObject({ planProblem: "bad-body", wantedRevision: 1, appliedRevision: 0 });
  expect(world.heart().figures().planProblems).toBe(1);
  await world.addSchedule("morning");
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id);
  expect(row(box)).toMatchObject({ planProblem: null, wantedRevision: 2, appliedRevision: 2 });
});

test("a plan that became too large is said at the box, which keeps the one that it has", async () => {
  const box = await world.addBox("box-1");
  box.connect(1);
  await world.addSchedule("morning");
  await world.time.advance(1_000);
  box.ack(last(box.got("plan")).id);
  const sent = box.got("plan").length;
  for (let index = 0; index < 190; index += 1) await world.commitSchedule(`more-${index}`);
  world.heart().changes.planInputsChanged();
  await world.time.advance(minuteMs);
  expect(box.got("plan")).toHaveLength(sent);
  expect(row(box)).toMatchObject({ planProblem: "plan-too-large", wantedRevision: 2, appliedRevision: 2 });
  expect(row(box)?.next?.title).toBe("Bản tin sáng");
  expect(world.heart().figures().planProblems).toBe(1);
  await world
    .db()
    .updateTable("schedule")
    .set({ withdrawn_at: world.time.clock.now() })
    .where("id", "like", "more-%")
    .execute();
  world.heart().changes.planInputsChanged();
  await world.time.advance(minuteMs);
  expect(row(box)?.planProblem).toBeNull();
});

test("a revoked box is kicked, and nothing is sent to it any more", async () => {
  const box = await world.addBox("box-1");
  await world.heart().changes.boxRevoked(box.id);
  const sent = box.got("plan").length;
  box.connect(1);
  await world.time.advance(60 * minuteMs);
  expect(world.broker.kicked).toEqual([box.id]);
  expect(box.got("plan")).toHaveLength(sent);
  expect(box.got("time")).toHaveLength(0);
  // What the broker holds for it is taken back.
  const { topic, payload, retain } = world.broker.sent.at(-1) ?? {};
  expect({ topic, payload, retain }).toEqual({ topic: "loa/v1/box/box-1/plan", payload: "", retain: true });
});
