import { BLOCK_FRAMES, CALM_TICK_MS, FRAMES_PER_MS, TICK_MS } from "@loa/edge-agent/sound/format.ts";
import { createCardStage } from "@loa/edge-agent/sound/output-card.ts";
import { MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { describe, expect, test } from "vitest";
import { type CardFaults, createSimulatedCard } from "../../support/simulated-card.ts";
import { createTestClock } from "../../support/test-clock.ts";

/** A wave whose phase tells the time for which it was mixed, up to ± 10 ms. */
const WAVE_HZ = 50;
const PHASE_PER_MS = (2 * Math.PI * WAVE_HZ) / 1_000;

interface Reading {
  /** Since the beginning. */
  readonly ms: number;
  /** How much too late the sound is heard, ms. */
  readonly lateMs: number;
}

/** A stage that plays the wave on a card; `readings` is what an ear with a perfect clock finds. */
function createCardWorld(faults: CardFaults) {
  const clock = createTestClock();
  const begin = clock.monotonic();
  const readings: Reading[] = [];
  let written = 0;
  const card = createSimulatedCard(clock, faults, (block, heardAt) => {
    written += 1;
    if (written % 10 !== 0 || block.every((sample) => sample === 0)) return;
    readings.push({ ms: heardAt - begin, lateMs: lateness(block, heardAt) });
  });
  const stage = createCardStage(card.sink, MONO);
  const bus = new Float32Array(BLOCK_FRAMES);
  const mixed = { buses: [bus], isSilent: false };
  const isPlaying = { value: true };
  const mixedFor: number[] = [];

  function open(): void {
    card.sink.open();
    card.sink.poll();
    stage.begin();
  }

  open();
  return {
    card,
    readings,
    isPlaying,
    /** The moments of all blocks. */
    mixedFor,
    now: () => clock.monotonic(),
    tickMs: () => stage.tickMs,
    open,
    pass(ms: number): void {
      const untilAt = clock.monotonic() + ms;
      while (clock.monotonic() < untilAt) {
        card.sink.poll();
        stage.fill(clock.monotonic(), (heardAt) => {
          mixedFor.push(heardAt);
          drawWave(bus, isPlaying.value ? 0.5 : 0, heardAt);
          mixed.isSilent = !isPlaying.value;
          return mixed;
        });
        clock.pass(stage.tickMs);
      }
    },
    stall(ms: number): void {
      clock.pass(ms);
    },
    since: (fromMs: number) => readings.filter(({ ms }) => ms >= fromMs).map(({ lateMs }) => lateMs),
  };
}

/** Turns a pointer instead of asking for a sine for every sample: ten minutes are 29 million. */
function drawWave(bus: Float32Array, amplitude: number, heardAt: number): void {
  const turn = PHASE_PER_MS / FRAMES_PER_MS;
  const [turnSine, turnCosine] = [Math.sin(turn), Math.cos(turn)];
  let sine = amplitude * Math.sin(PHASE_PER_MS * heardAt);
  let cosine = amplitude * Math.cos(PHASE_PER_MS * heardAt);
  for (let frame = 0; frame < BLOCK_FRAMES; frame += 1) {
    bus[frame] = sine;
    const next = sine * turnCosine + cosine * turnSine;
    cosine = cosine * turnCosine - sine * turnSine;
    sine = next;
  }
}

/** One period of the wave is one block: its phase comes from one bin. */
function lateness(block: Int16Array, heardAt: number): number {
  let sine = 0;
  let cosine = 0;
  for (let frame = 0; frame < BLOCK_FRAMES; frame += 1) {
    const phase = PHASE_PER_MS * (heardAt + frame / FRAMES_PER_MS);
    sine += (block[frame] ?? 0) * Math.sin(phase);
    cosine += (block[frame] ?? 0) * Math.cos(phase);
  }
  return -Math.atan2(cosine, sine) / PHASE_PER_MS;
}

const most = (values: readonly number[]) => Math.max(...values.map(Math.abs));
const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

/** Uniform between −1 and 1, the same in every run. */
function createNoise(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  };
}

describe("a card with a crystal of its own", () => {
  test("two-cards-160-ppm-apart-stay-together-for-10-minutes", () => {
    const worlds = [createCardWorld({ ppm: -60 }), createCardWorld({ ppm: 100 })];
    for (const world of worlds) world.pass(600_000);
    for (const world of worlds) {
      expect(world.readings.length).toBeGreaterThan(2_900);
      expect(most(world.since(0))).toBeLessThan(0.5);
      expect(most(world.since(60_000))).toBeLessThan(0.05);
    }
  }, 60_000);

  test("the-worst-crystal-is-followed-too", () => {
    const world = createCardWorld({ ppm: -400 });
    world.pass(120_000);
    expect(most(world.since(0))).toBeLessThan(1.5);
    expect(most(world.since(60_000))).toBeLessThan(0.15);
  });

  test("noise-on-the-readings-does-not-make-it-wander", () => {
    const world = createCardWorld({ ppm: 80, noiseMs: createNoise() });
    world.pass(180_000);
    const late = world.since(60_000);
    expect(most(late)).toBeLessThan(0.25);
    // From reading to reading (200 ms) the place moves by no more than 40 ppm.
    expect(most(late.slice(1).map((one, index) => one - (late[index] ?? 0)))).toBeLessThan(0.008);
  });

  test("a-card-that-tells-its-place-every-10-ms-is-late-by-a-constant", () => {
    const world = createCardWorld({ ppm: 80, periodMs: 10 });
    world.pass(180_000);
    expect(most(world.since(60_000))).toBeLessThan(10);
    expect(spread(world.since(60_000))).toBeLessThan(0.5);
  });

  test("a-card-that-tells-its-place-finely-is-looked-at-less-often, once that is known", () => {
    const fine = createCardWorld({ ppm: 80 });
    expect(fine.tickMs()).toBe(TICK_MS);
    fine.pass(5_000);
    expect(fine.tickMs()).toBe(CALM_TICK_MS);
    fine.open();
    expect(fine.tickMs()).toBe(TICK_MS);
  });

  test.each([5, 10, 20, 30])("a-card-that-tells-its-place-every-%i-ms-is-looked-at-often", (periodMs) => {
    const coarse = createCardWorld({ ppm: 80, periodMs });
    for (let seconds = 0; seconds < 60; seconds += 1) {
      coarse.pass(1_000);
      expect(coarse.tickMs()).toBe(TICK_MS);
    }
  });

  test.each([150, 400, 1_500])("after-a-stall-of-%i-ms-the-right-moment-is-heard-again", (stallMs) => {
    const world = createCardWorld({ ppm: 50 });
    world.pass(20_000);
    const stalledAt = 20_000;
    world.stall(stallMs);
    world.pass(10_000);
    expect(world.card.sink.underruns).toBe(1);
    expect(most(world.since(stalledAt + stallMs + 200))).toBeLessThan(0.1);
    expect(world.since(stalledAt + stallMs + 200).length).toBeGreaterThan(45);
  });

  test("a-card-that-stands-still-for-a-moment-is-caught-up-with", () => {
    const world = createCardWorld({ ppm: 0 });
    world.pass(20_000);
    world.card.stallFor(60);
    world.pass(10_000);
    expect(most(world.since(21_000))).toBeLessThan(0.1);
  });

  test("a-card-that-was-opened-again-is-right-at-once", () => {
    const world = createCardWorld({ ppm: 120 });
    world.pass(20_000);
    world.stall(5_000);
    world.open();
    world.pass(20_000);
    expect(most(world.since(25_000))).toBeLessThan(0.5);
    expect(world.readings.some(({ ms }) => ms > 25_000 && ms < 25_400)).toBe(true);
  });

  test("nothing-is-mixed-for-the-time-in-which-the-card-was-away", () => {
    const world = createCardWorld({ ppm: 0 });
    world.pass(2_000);
    world.stall(1_300);
    const backAt = world.now();
    world.mixedFor.length = 0;
    world.open();
    world.pass(1_000);
    expect(Math.min(...world.mixedFor)).toBeGreaterThan(backAt);
  });

  test("in-silence-the-place-is-corrected-unheard", () => {
    const world = createCardWorld({ ppm: 0, noiseMs: createNoise() });
    world.isPlaying.value = false;
    world.pass(5_000);
    world.isPlaying.value = true;
    world.pass(1_000);
    expect(most(world.since(0))).toBeLessThan(0.3);
  });
});
