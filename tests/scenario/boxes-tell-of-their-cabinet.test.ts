import { DAY_MS, HOUR_MS, type LocalTime, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BoxPuppet } from "../support/box-puppet.ts";
import { createHeartWorld, type HeartWorld } from "../support/heart-world.ts";

let world: HeartWorld;
let box: BoxPuppet;
beforeEach(async () => {
  world = await createHeartWorld();
  box = await world.addBox("box-1");
  box.connect(1);
});
afterEach(() => world.close());

const now = () => world.time.clock.now();
const seen = () => world.heart().fleet.now(box.id);
const row = () => seen()?.row;

/** The virtual morning begins at 07:00. */
const eight = { times: ["08:00:00" as LocalTime] };
const occurrence = "news@2026-11-23T08:00:00";

function ready(stage: "next" | "early" | "late", lacks: readonly string[] = []): void {
  box.status({ k: "ready", at: now(), id: occurrence, dueAt: now(), stage, lacks });
}

function beat(): void {
  box.status({ k: "h", at: 0, r: 1, f: 0, o: 0 });
}

test("a self-test is kept once, and a clock that was ahead puts none into the future", async () => {
  const test = {
    kind: "self-test",
    at: plus(now(), HOUR_MS),
    outcome: "failed",
    cause: "line-open",
    switches: true,
    readBack: true,
    line: false,
    lineCurrentA: 0.01,
    lineImpedanceOhm: null,
  } as const;
  box.event("s", 1, test);
  box.event("s", 1, test);
  await world.time.advance(3_000);
  expect(world.rows("select * from self_test")).toEqual([
    {
      box_id: box.id,
      at: now() - 2_000,
      outcome: "failed",
      cause: "line-open",
      switches: 1,
      read_back: 1,
      line: 0,
      line_current_a: 0.01,
      line_impedance_ohm: null,
    },
  ]);
});

test("a fault brings the value that raised it and the limit that it passed", async () => {
  const hot = { c: "amplifier-thermal", s: now(), p: "amplifier.temperature", v: 91.5, t: 85, w: "critical" };
  box.status({ k: "fault", at: now(), faults: [hot] });
  await world.time.advance(2_000);
  const told = { point: "amplifier.temperature", value: 91.5, threshold: 85 };
  expect(row()?.faults).toMatchObject([{ kind: "amplifier-thermal", severity: "critical", ...told }]);
  expect(world.rows("select point, value, threshold from fault_log")).toEqual([told]);
  expect(row()?.against).toEqual([{ kind: "fault", fault: "amplifier-thermal", severity: "critical" }]);
});

test("the devices of a cabinet are known after a restart too, and unknown until the box is heard", async () => {
  const devices = [{ alias: "meter", profile: "pzem-016", cause: "timeout" }];
  box.report({ devices });
  await world.time.advance(MINUTE_MS);
  beat();
  expect(seen()?.devices).toMatchObject([{ alias: "meter", state: "unusable", cause: "timeout" }]);
  await world.crash();
  expect(seen()?.devices).toMatchObject([{ alias: "meter", state: "unknown", since: null }]);
});

test("what a month has cost is the latest word of the box", async () => {
  box.status({ k: "use", at: now(), m: "2026-11", up: 1_000, down: 5_000, sound: 4_000 });
  await world.time.advance(2_000);
  box.status({ k: "use", at: now(), m: "2026-11", up: 1_500, down: 5_000, sound: 4_000 });
  await world.time.advance(2_000);
  expect(world.rows("select month, up_bytes from data_use")).toEqual([{ month: "2026-11", up_bytes: 1_500 }]);
});

test("a box whose early look does not come is to be looked after, and an open page is told", async () => {
  await world.addSchedule("news", eight);
  ready("next");
  expect(row()?.against).toEqual([]);
  const page = world.feed.subscribe(() => true);
  const look = async (minutes: number) => {
    for (let minute = 0; minute < minutes * 3; minute += 1) {
      await world.time.advance(20_000);
      beat();
    }
  };
  await look(46);
  expect(row()?.against).toEqual([]);
  await look(2);
  expect(row()?.against).toEqual([{ kind: "no-look", severity: "warning" }]);
  const told = await page.next();
  expect(told?.changed[0]?.against).toEqual([{ kind: "no-look", severity: "warning" }]);
  ready("late", ["battery-low"]);
  expect(row()).toMatchObject({
    readiness: { state: "ready", stage: "late" },
    against: [{ kind: "cause", cause: "battery-low", severity: "warning" }],
  });
});

test("a look is remembered over a restart of the control room", async () => {
  await world.addSchedule("news", eight);
  await world.time.advance(46 * MINUTE_MS);
  box.status({ k: "h", at: 0, r: 1, f: 0, o: 0 });
  ready("early", ["content-missing"]);
  await world.time.advance(2_000);
  await world.crash();
  box.connect(2);
  await world.time.advance(0);
  expect(row()?.readiness).toMatchObject({ stage: "early", lacks: ["content-missing"], state: "not-ready" });
});

test("looks, self-tests and data use are removed when they are old", async () => {
  const old = now() - 801 * DAY_MS;
  const { id } = box;
  const db = world.db();
  const result = { outcome: "passed", cause: null, switches: null, read_back: null, line: null };
  const measured = { line_current_a: null, line_impedance_ohm: null };
  for (const at of [old, now()]) {
    const month = at === old ? "2024-09" : "2026-11";
    await db
      .insertInto("self_test")
      .values({ box_id: id, at, ...result, ...measured })
      .execute();
    const cost = { up_bytes: 1, down_bytes: 1, sound_bytes: 0, around_bytes: 0, at };
    await db
      .insertInto("data_use")
      .values({ box_id: id, month, ...cost })
      .execute();
    const look = { occurrence_id: `s@${month}`, stage: "early", lacks: "[]", at };
    await db
      .insertInto("readiness_look")
      .values({ box_id: id, ...look })
      .execute();
  }
  await world.time.advance(HOUR_MS + MINUTE_MS);
  for (const table of ["self_test", "data_use", "readiness_look"]) {
    expect(world.rows(`select box_id from ${table}`), table).toHaveLength(1);
  }
});
