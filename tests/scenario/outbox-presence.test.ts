import { timeBody } from "@loa/shared/wire/bodies.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BoxPuppet } from "../support/box-puppet.ts";
import { createHeartWorld, type HeartWorld } from "../support/heart-world.ts";

let world: HeartWorld;
let box: BoxPuppet;
beforeEach(async () => {
  world = await createHeartWorld();
  box = await world.addBox("box-1");
});
afterEach(() => world.close());

const presence = () => world.heart().fleet.now(box.id)?.row.presence.state;

test("a box that falls silent is suspect after 25 s and offline after 45 s", async () => {
  box.connect(1);
  expect(presence()).toBe("online");
  await world.time.advance(24_900);
  expect(presence()).toBe("online");
  await world.time.advance(200);
  expect(presence()).toBe("suspect");
  await world.time.advance(20_000);
  expect(presence()).toBe("offline");
  box.status({ k: "h", at: 0, r: 0, f: 0, o: 0 });
  expect(presence()).toBe("online");
});

test("after a restart of the controller every box is unknown until it is heard", async () => {
  box.connect(1);
  await world.crash();
  expect(presence()).toBe("unknown");
  await world.time.advance(600_000);
  expect(presence()).toBe("unknown");
  box.status({ k: "h", at: 0, r: 0, f: 0, o: 0 });
  expect(presence()).toBe("online");
});

test("the last will of an older session says nothing of the new one", async () => {
  box.connect(1);
  box.connect(2);
  box.dieIn(1);
  expect(presence()).toBe("online");
  box.dieIn(2);
  expect(presence()).toBe("offline");
});

test("a will that overtakes the new session says nothing either", async () => {
  box.connect(4);
  world.broker.connected(box.id);
  box.dieIn(4);
  box.connect(5);
  expect(presence()).toBe("online");
});

test("a box whose store was lost counts its sessions from the beginning, and is heard", async () => {
  box.connect(900);
  box.connect(1);
  box.dieIn(900);
  box.status({ k: "h", at: 0, r: 0, f: 0, o: 0 });
  expect(presence()).toBe("online");
});

test("every session gets the time signed, with its own nonce", async () => {
  box.connect(1);
  await world.time.advance(5_000);
  box.connect(2);
  await world.time.advance(0);
  const answers = box.got("time").map((one) => timeBody.parse(one.body));
  expect(answers.map((one) => one.nonce)).toEqual(["nonce-1", "nonce-2"]);
  expect(answers[1]?.at).toBe(world.time.clock.now());
});

test("a box that asks for the time without end gets it once a second", async () => {
  for (let session = 1; session <= 100; session += 1) {
    box.connect(session);
    await world.time.advance(50);
  }
  await world.time.advance(2_000);
  expect(box.got("time").length).toBeLessThanOrEqual(7);
  expect(timeBody.parse(box.got("time").at(-1)?.body).nonce).toBe("nonce-100");
});

test("rubbish from a box is counted and changes nothing", async () => {
  box.connect(1);
  box.status({ k: "nonsense" });
  world.broker.fromBox({ box: box.id, topic: `loa/v1/box/${box.id}/status`, payload: "{" });
  world.broker.fromBox({ box: box.id, topic: "loa/v1/box/other/status", payload: "{}" });
  world.broker.fromBox({ box: box.id, topic: `loa/v1/box/${box.id}/status`, payload: "x".repeat(401) });
  expect(world.heart().counters.refused()).toEqual({ malformed: 2, "wrong-topic": 1, "too-large": 1 });
  expect(presence()).toBe("online");
});

test("samples and faults are kept with the time that can be believed", async () => {
  box.connect(1);
  await world.time.advance(1_000);
  const now = world.time.clock.now();
  box.status({ k: "sample", at: 1_000, v: { "mains.voltage": 231.5, "battery.voltage": null } });
  box.status({ k: "fault", at: 1_000, faults: [{ c: "line-open", s: 1_000 }] });
  await world.time.advance(3_000);
  expect(world.rows("select capability, at, value from sample order by capability")).toEqual([
    { capability: "battery.voltage", at: now, value: null },
    { capability: "mains.voltage", at: now, value: 231.5 },
  ]);
  expect(world.heart().fleet.now(box.id)?.row.faults).toEqual([
    { kind: "line-open", severity: "critical", since: now, point: null, value: null, threshold: null },
  ]);
  box.status({ k: "fault", at: 1_000, faults: [] });
  await world.time.advance(3_000);
  expect(world.rows("select kind, since, cleared_at from fault_log")).toEqual([
    { kind: "line-open", since: now, cleared_at: now + 3_000 },
  ]);
});

test("an open page is told that a session has gone by, also of a box that says nothing", async () => {
  await world.addSchedule("hourly", { times: ["00:00:00", "06:00:00", "12:00:00", "18:00:00"] as never });
  box.connect(1);
  await world.time.advance(60_000);
  const page = world.feed.subscribe(() => true);
  await world.time.advance(61_000);
  const before = world.heart().fleet.now(box.id)?.row.next?.dueAt ?? 0;
  const told = page.next();
  await world.time.advance(before - world.time.clock.now() + 62_000);
  const rows = (await told)?.changed.filter((row) => row.boxId === box.id) ?? [];
  expect(rows.map((row) => row.presence.state)).toEqual(["offline"]);
  expect(rows[0]?.next?.dueAt).toBeGreaterThan(before);
});
