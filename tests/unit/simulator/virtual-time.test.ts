import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createMachineClock, createVirtualAlarm } from "@loa/simulator/virtual/virtual-clock.ts";
import { createVirtualTime } from "@loa/simulator/virtual/virtual-time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const epoch = asInstant(Date.UTC(2026, 10, 30));

test("events run by time, and in the order of their making among equals", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), async (times) => {
      const world = createVirtualTime(epoch);
      const ran: number[] = [];
      for (const [index, time] of times.entries()) world.at(time, () => void ran.push(index));
      await world.runUntil(100);
      const expected = [...times.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
      expect(ran).toEqual(expected);
    }),
  );
});

test("a cancelled event does not run, and time does not stop for it", async () => {
  const world = createVirtualTime(epoch);
  const ran: string[] = [];
  const event = world.at(5, () => void ran.push("cancelled"));
  world.at(6, () => void ran.push("kept"));
  event.run = null;
  await world.runUntil(10);
  expect(ran).toEqual(["kept"]);
  expect(world.now()).toBe(10);
});

test("what an event leaves pending is waited for before the next one", async () => {
  const world = createVirtualTime(epoch);
  const ran: string[] = [];
  world.at(1, async () => {
    await Promise.resolve();
    ran.push("first");
  });
  world.at(1, () => void ran.push("second"));
  await world.runUntil(1);
  expect(ran).toEqual(["first", "second"]);
});

test("a stepped wall clock moves no monotonic time, and a fast crystal is ahead", async () => {
  const world = createVirtualTime(epoch);
  const clock = createMachineClock(world, { driftPpm: 100, wall: epoch });
  await world.runUntil(1_000_000);
  expect(clock.monotonic()).toBeCloseTo(1_000_100, 3);
  clock.stepWall(-3_600_000);
  expect(clock.monotonic()).toBeCloseTo(1_000_100, 3);
  expect(clock.now() - epoch).toBeCloseTo(1_000_100 - 3_600_000, -1);
});

test("an alarm never rings early, at most 250 ms late, and only for the last time it was set to", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -50, max: 50 }),
      fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 5 }),
      async (driftPpm, settings) => {
        const world = createVirtualTime(epoch);
        const clock = createMachineClock(world, { driftPpm, wall: epoch });
        const alarm = createVirtualAlarm(world, clock, createSeededRandom("alarm"), () => true);
        const rang: number[] = [];
        alarm.onRing(() => void rang.push(clock.monotonic()));
        for (const at of settings) alarm.set(asMonotonic(at));
        await world.runUntil(20_000);
        const last = settings.at(-1) ?? 0;
        expect(rang).toHaveLength(1);
        expect(rang[0]).toBeGreaterThanOrEqual(last);
        expect(rang[0]).toBeLessThan(last + 250);
      },
    ),
  );
});

test("named streams of a seed do not move each other", () => {
  const draws = (random: { next(): number }) => [random.next(), random.next(), random.next()];
  const one = createSeededRandom("7");
  const network = draws(one.stream("network"));
  const two = createSeededRandom("7");
  two.next();
  two.stream("sound").next();
  expect(draws(two.stream("network"))).toEqual(network);
  expect(draws(createSeededRandom("8").stream("network"))).not.toEqual(network);
});
