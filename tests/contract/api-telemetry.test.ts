import { putDataUse } from "@loa/controller/store/data-use.ts";
import { putFaults } from "@loa/controller/store/fault-log.ts";
import { insertSamples } from "@loa/controller/store/samples.ts";
import { insertSelfTest, type SelfTestRow } from "@loa/controller/store/self-tests.ts";
import type { BoxId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";

const box = "box-an" as BoxId;
const session = "s@2026-11-23T17:00:00" as OccurrenceId;

async function answerOf(person: Person, path: string) {
  const answer = await person.get(path);
  expect(answer.status).toBe(200);
  return answer.json();
}

function selfTest(at: Instant, changed: Partial<SelfTestRow> = {}): SelfTestRow {
  return {
    at,
    outcome: "passed",
    cause: null,
    switches: true,
    readBack: true,
    line: null,
    lineCurrentA: null,
    lineImpedanceOhm: null,
    ...changed,
  };
}

describe("values over days", () => {
  /** A month of a sample each minute with one peak of a single sample. */
  async function monthOf(world: ApiWorld): Promise<{ peakAt: Instant; dipAt: Instant }> {
    const now = world.time.clock.now();
    const first = plus(now, -30 * DAY_MS);
    const peakAt = plus(first, 11 * DAY_MS + 7 * MINUTE_MS);
    const dipAt = plus(first, 23 * DAY_MS + 3 * MINUTE_MS);
    const valueAt = (at: Instant) => (at === peakAt ? 91 : at === dipAt ? -4 : 40 + (at % 7));
    const samples = Array.from({ length: 30 * 24 * 60 }, (_, minute) => plus(first, minute * MINUTE_MS));
    await insertSamples(
      world.db,
      samples.map((at) => ({ boxId: box, capability: "amplifier.temperature", at, value: valueAt(at) })),
    );
    return { peakAt, dipAt };
  }

  it("come thinned to what a chart can show, and no peak is lost", async () => {
    const world = await createApiWorld();
    const { peakAt, dipAt } = await monthOf(world);
    const viewer = await world.person("lan", "an", "viewer");
    const now = world.time.clock.now();
    const path = `/api/v1/boxes/box-an/samples?capability=amplifier.temperature&from=${now - 30 * DAY_MS}&to=${now}`;
    const { samples, stretchMs } = await answerOf(viewer, path);
    expect(samples.length).toBeLessThanOrEqual(500);
    expect(samples.length).toBeGreaterThan(450);
    type Point = { at: number; low: number; high: number; value: number };
    const holding = (at: Instant) =>
      samples.filter((one: Point) => one.at <= at && at < one.at + stretchMs) as readonly Point[];
    expect(holding(peakAt).some(({ high }) => high === 91)).toBe(true);
    expect(holding(dipAt).some(({ low }) => low === -4)).toBe(true);
    expect(samples.every(({ low, high, value }: Point) => low <= value && value <= high)).toBe(true);
  });

  it("of a day come as they were measured, gaps and all, with the limit of the last alarm", async () => {
    const world = await createApiWorld();
    const viewer = await world.person("lan", "an", "viewer");
    const now = world.time.clock.now();
    const hot = { kind: "amplifier-thermal", severity: "warning", point: "amplifier.temperature" } as const;
    await putFaults(world.db, box, [{ ...hot, since: plus(now, -9), value: 90, threshold: 80 }], now);
    await putFaults(world.db, box, [{ ...hot, since: plus(now, -1), value: 91, threshold: 85 }], now);
    const at = plus(now, -MINUTE_MS);
    await insertSamples(world.db, [{ boxId: box, capability: "amplifier.temperature", at, value: null }]);
    const path = "/api/v1/boxes/box-an/samples?capability=amplifier.temperature";
    expect(await answerOf(viewer, path)).toEqual({
      samples: [{ at, value: null, low: null, high: null }],
      stretchMs: 0,
      threshold: 85,
    });
  });
});

describe("self-tests", () => {
  it("are told newest first, with how far the line is from what it was", async () => {
    const world = await createApiWorld();
    const viewer = await world.person("lan", "an", "viewer");
    const now = world.time.clock.now();
    const currents = [0.5, 0.52, 0.48, null, 0.4];
    for (const [day, lineCurrentA] of currents.entries()) {
      await insertSelfTest(world.db, box, selfTest(plus(now, (day - 5) * DAY_MS), { lineCurrentA }));
    }
    await insertSelfTest(world.db, box, selfTest(plus(now, -40 * DAY_MS), { lineCurrentA: 9 }));
    const { tests, trend } = await answerOf(viewer, "/api/v1/boxes/box-an/self-tests");
    expect(tests).toHaveLength(5);
    expect(tests[0]).toEqual(selfTest(plus(now, -DAY_MS), { lineCurrentA: 0.4 }));
    expect(trend.current).toMatchObject({ latest: 0.4, usual: 0.5 });
    expect(trend.current.change).toBeCloseTo(-0.2);
    expect(trend.impedance).toBeNull();
  });

  it("that failed and were made again every hour are not what the line usually draws", async () => {
    const world = await createApiWorld();
    const viewer = await world.person("lan", "an", "viewer");
    const now = world.time.clock.now();
    for (const day of [-9, -8, -7])
      await insertSelfTest(world.db, box, selfTest(plus(now, day * DAY_MS), { lineCurrentA: 0.5 }));
    for (let hour = -100; hour < 0; hour += 1) {
      const failed = { outcome: "failed", cause: "line-open", lineCurrentA: 0.1 } as const;
      await insertSelfTest(world.db, box, selfTest(plus(now, hour * HOUR_MS), failed));
    }
    const { trend } = await answerOf(viewer, "/api/v1/boxes/box-an/self-tests");
    expect(trend.current).toMatchObject({ latest: 0.1, usual: 0.5 });
  });
});

describe("what a box costs in data", () => {
  it("is told by month, and a box that counts from nothing again takes nothing away", async () => {
    const world = await createApiWorld();
    const viewer = await world.person("lan", "an", "viewer");
    const use = (month: string, upBytes: number, at: number) => ({
      month,
      upBytes,
      downBytes: 9,
      soundBytes: 4,
      aroundBytes: 2,
      at: at as Instant,
    });
    await putDataUse(world.db, box, use("2026-10", 300, 1));
    await putDataUse(world.db, box, use("2026-11", 100, 2));
    await putDataUse(world.db, box, use("2026-11", 200, 3));
    await putDataUse(world.db, box, use("2026-11", 5, 4));
    const { dataUse } = await answerOf(viewer, "/api/v1/boxes/box-an");
    expect(dataUse).toEqual([use("2026-11", 200, 3), use("2026-10", 300, 1)]);
  });
});

describe("the list of what to fix before air", () => {
  it("is of one's own areas, soonest first, and says why", async () => {
    const world = await createApiWorld();
    const now = world.time.clock.now();
    const next = (minutes: number) => ({
      occurrenceId: session,
      title: "Bản tin chiều",
      dueAt: plus(now, minutes * MINUTE_MS),
    });
    const offline = { kind: "presence", state: "offline", severity: "critical" } as const;
    const noLook = { kind: "no-look", severity: "warning" } as const;
    world.fleet.say("box-an", { next: next(30), against: [offline] });
    world.fleet.say("box-binh", { next: next(10), against: [noLook] });
    const province = await world.person("hoa", "tinh", "viewer");
    const commune = await world.person("lan", "an", "viewer");
    const whole = await answerOf(province, "/api/v1/readiness");
    expect(whole).toMatchObject({ now, due: 2, toFix: 2 });
    expect(whole.clusters).toMatchObject([
      { boxId: "box-binh", severity: "warning", next: next(10), against: [noLook] },
      { boxId: "box-an", severity: "critical", next: next(30), against: [offline] },
    ]);
    const soon = await answerOf(province, "/api/v1/readiness?within=15");
    expect(soon).toMatchObject({ due: 1, toFix: 1, clusters: [{ boxId: "box-binh" }] });
    const own = await answerOf(commune, "/api/v1/readiness?area=tinh");
    expect(own).toMatchObject({ due: 1, toFix: 1, clusters: [{ boxId: "box-an" }] });
    expect((await answerOf(commune, "/api/v1/readiness?area=binh")).clusters).toEqual([]);
    expect((await commune.get("/api/v1/readiness?within=0")).status).toBe(400);
  });
});
