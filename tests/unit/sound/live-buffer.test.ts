import { createLiveBuffer, type LiveBuffer } from "@loa/edge-agent/sound/relay/live-buffer.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { toneBreaks } from "../../golden-ear/tone-breaks.ts";
import { createTestClock, type TestClock } from "../../support/test-clock.ts";

const BLOCK = 960;
/** The card plays what is read so much later. */
const SINK_MS = 100;

const period = Int16Array.from({ length: 96 }, (_, index) => 16_000 * Math.sin((2 * Math.PI * index) / 96));

interface Bench {
  readonly buffer: LiveBuffer;
  readonly clock: TestClock;
  /** The source makes so many frames of its tone, going on where it was. */
  make(frames: number): void;
  /** The loudspeaker takes a block, and 20 ms pass. */
  hear(): number;
  readonly heard: number[];
  isRecording: boolean;
}

function bench(options: { prefillMs?: number; fixedDelayMs?: number | null } = {}): Bench {
  const clock = createTestClock();
  const buffer = createLiveBuffer({
    channels: 1,
    clock,
    prefillMs: options.prefillMs ?? 1_000,
    fixedDelayMs: options.fixedDelayMs ?? null,
    hearsAt: () => asMonotonic(clock.monotonic() + SINK_MS),
  });
  const heard: number[] = [];
  const block = new Float32Array(BLOCK);
  let made = 0;
  const world: Bench = {
    buffer,
    clock,
    heard,
    isRecording: true,
    make(frames) {
      const samples = new Int16Array(frames);
      // 500 Hz: 96 samples.
      for (let index = 0; index < frames; index += 1) samples[index] = period[(made + index) % 96] ?? 0;
      made += frames;
      buffer.push(new Uint8Array(samples.buffer));
    },
    hear() {
      buffer.watch(clock.monotonic());
      const taken = buffer.read(block, 0, BLOCK);
      if (world.isRecording) {
        for (let index = 0; index < BLOCK; index += 1) heard.push(index < taken ? (block[index] ?? 0) : 0);
      }
      clock.pass(20);
      return taken;
    },
  };
  return world;
}

const loudest = (samples: readonly number[]) =>
  samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
/** The largest step between neighbours: an edge is larger than any step of the tone. */
const largestStep = (samples: readonly number[]) =>
  samples.reduce((most, one, index) => Math.max(most, Math.abs(one - (samples[index - 1] ?? one))), 0);

describe("a live buffer", () => {
  test("gives-nothing-before-it-is-filled, and-then-the-very-samples", () => {
    const { buffer, make, hear, heard } = bench();
    make(40_000);
    expect(buffer.available).toBe(0);
    make(20_000);
    expect(buffer.available).toBeGreaterThan(BLOCK);
    for (let block = 0; block < 20; block += 1) hear();
    // After the edge of 5 ms.
    expect(heard[1_000]).toBe((period[1_000 % 96] ?? 0) / 32_768);
  });

  test.each([300, -300])(
    "a-source-that-is-%s-ppm-off-keeps-its-delay-without-a-click",
    (ppm) => {
      const world = bench();
      // HLS: 6 s at a time; ten minutes of the loudspeaker's time, of which the last seconds are listened to.
      const segment = 6 * 48_000;
      world.make(4 * segment);
      world.isRecording = false;
      let owed = 0;
      const levels: number[] = [];
      for (let block = 0; block < 30_000; block += 1) {
        owed += BLOCK * (1 + ppm / 1e6);
        if (owed >= segment) {
          world.make(segment);
          owed -= segment;
        }
        if (block === 29_500) world.isRecording = true;
        if (world.hear() < BLOCK) throw new Error(`dry at block ${block}`);
        levels.push(world.buffer.level + owed);
      }
      const first = levels[1_000] ?? 0;
      // The source alone would have moved it by 174 ms.
      expect(Math.max(...levels.slice(-10_000).map((level) => Math.abs(level - first) / 48))).toBeLessThan(
        120,
      );
      const tone = { samples: Float64Array.from(world.heard), sampleRateHz: 48_000, firstSampleAt: 0 };
      expect(toneBreaks(tone, 500 * (1 + ppm / 1e6)).filter((one) => one.dipDb > 0.3)).toEqual([]);
      expect(largestStep(world.heard)).toBeLessThan(0.034);
    },
    60_000,
  );

  test("running-dry-and-coming-back-makes-no-click", () => {
    const { make, hear, heard, buffer } = bench();
    make(60_000);
    for (let block = 0; block < 200; block += 1) hear();
    expect(buffer.available).toBe(0);
    make(120_000);
    for (let block = 0; block < 60; block += 1) hear();
    expect(loudest(heard.slice(100_000, 150_000))).toBe(0);
    expect(loudest(heard.slice(-BLOCK))).toBeGreaterThan(0.4);
    expect(largestStep(heard)).toBeLessThan(0.036);
  });

  test("it-is-lost-after-2-s-of-nothing, and-no-more-as-soon-as-something-comes", () => {
    const { make, hear, buffer } = bench();
    make(60_000);
    for (let block = 0; block < 62; block += 1) hear();
    for (let block = 0; block < 99; block += 1) hear();
    expect(buffer.isLost).toBe(false);
    for (let block = 0; block < 10; block += 1) hear();
    expect(buffer.isLost).toBe(true);
    make(2_000);
    hear();
    expect(buffer.isLost).toBe(false);
  });

  test("what-nobody-reads-runs-on-at-the-live-edge", () => {
    const { make, buffer, clock } = bench();
    make(60_000);
    for (let second = 0; second < 100; second += 1) {
      for (let look = 0; look < 50; look += 1) {
        clock.pass(20);
        buffer.watch(clock.monotonic());
      }
      make(48_000);
    }
    expect(Math.abs(buffer.level - 60_000)).toBeLessThan(30_000);
  });

  test("drained-it-stays-at-the-live-edge", () => {
    const { make, hear, buffer, clock } = bench();
    make(96_000);
    for (let block = 0; block < 10; block += 1) hear();
    const level = buffer.level;
    for (let block = 0; block < 1_000; block += 1) {
      make(BLOCK);
      buffer.drain(BLOCK);
      clock.pass(20);
      buffer.watch(clock.monotonic());
    }
    expect(buffer.level).toBe(level);
  });
});

describe("a live buffer with a fixed delay", () => {
  /** The frame at which the tone begins, by ear. */
  const beginOf = (heard: readonly number[]) => heard.findIndex((sample) => Math.abs(sample) > 0);

  test.each([3_000, 10_000])(
    "lets-each-sample-out-at-capture-time-plus-%s-ms, to the sample",
    (fixedDelayMs) => {
      const { make, hear, heard, buffer, clock } = bench({ fixedDelayMs });
      // The first sample was captured 1.5 s ago.
      const capturedAt = clock.monotonic() - 1_500;
      buffer.mark(0, clock.now() - 1_500);
      make(96_000);
      const beganAt = clock.monotonic();
      for (let block = 0; block < 800; block += 1) {
        hear();
        make(BLOCK);
      }
      const heardAt = beganAt + SINK_MS + beginOf(heard) / 48;
      // The very first frame of a sine, and of a fade, is zero.
      expect(heardAt - capturedAt - fixedDelayMs).toBeLessThan(3 / 48 + 0.01);
      expect(heardAt - capturedAt - fixedDelayMs).toBeGreaterThanOrEqual(0);
    },
  );

  test("a-clock-that-is-put-right-by-300-ms-moves-it-at-once-and-without-a-click", () => {
    const { make, hear, heard, buffer, clock } = bench({ fixedDelayMs: 4_000 });
    buffer.mark(0, clock.now());
    make(10 * 48_000);
    for (let block = 0; block < 300; block += 1) hear();
    clock.stepWall(300);
    for (let block = 0; block < 20; block += 1) hear();
    const captured = (buffer.capturedAt() ?? 0) + 4_000;
    expect(Math.abs(captured - clock.monotonic() - SINK_MS)).toBeLessThan(1);
    clock.stepWall(-300);
    for (let block = 0; block < 40; block += 1) hear();
    expect(Math.abs((buffer.capturedAt() ?? 0) + 4_000 - clock.monotonic() - SINK_MS)).toBeLessThan(1);
    expect(largestStep(heard)).toBeLessThan(0.036);
  });

  test("small-errors-are-worked-off-by-speed, below-500-ppm", () => {
    const { make, hear, buffer, clock } = bench({ fixedDelayMs: 2_000 });
    buffer.mark(0, clock.now());
    make(5 * 48_000);
    for (let block = 0; block < 150; block += 1) hear();
    clock.stepWall(10);
    for (let block = 0; block < 6_000; block += 1) {
      make(BLOCK);
      hear();
    }
    const late = clock.monotonic() + SINK_MS - (buffer.capturedAt() ?? 0) - 2_000;
    expect(Math.abs(late)).toBeLessThan(1);
  });

  test("a-delay-that-the-source-cannot-keep-is-played-as-it-comes", () => {
    const { make, hear, buffer, clock } = bench({ fixedDelayMs: 1_000 });
    // Its encoder alone takes 5 s.
    buffer.mark(0, clock.now() - 7_000);
    make(96_000);
    let blocks = 0;
    for (let block = 0; block < 200; block += 1) {
      make(BLOCK);
      if (hear() === BLOCK) blocks += 1;
    }
    // It is waited for, but not for ever.
    expect(blocks).toBeGreaterThan(95);
  });

  test("a-box-that-does-not-know-the-year-plays-it-as-it-comes", () => {
    const { make, hear, buffer, clock } = bench({ fixedDelayMs: 5_000 });
    buffer.mark(0, clock.now());
    clock.stepWall(-56 * 365 * 86_400_000);
    make(96_000);
    expect(hear()).toBe(BLOCK);
  });
});
