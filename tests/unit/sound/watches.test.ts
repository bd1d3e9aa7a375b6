import { BLOCK_FRAMES, BLOCK_MS, SAMPLE_RATE_HZ } from "@loa/edge-agent/sound/format.ts";
import { type BlockFigures, measure } from "@loa/edge-agent/sound/meter.ts";
import { createClippingWatch } from "@loa/edge-agent/sound/watch-clipping.ts";
import { createDeadAirWatch } from "@loa/edge-agent/sound/watch-dead-air.ts";
import { createStuckWatch } from "@loa/edge-agent/sound/watch-stuck.ts";
import { describe, expect, test } from "vitest";
import { createNoise, speechLike } from "../../support/speech-like.ts";

type Signal = (frame: number) => number;

const seconds = (count: number) => count * SAMPLE_RATE_HZ;

/** Gives the signal to a watch; answers the seconds after which the answer changed. */
function changes(
  signal: Signal,
  lengthS: number,
  add: (bus: Float32Array, figures: BlockFigures) => boolean,
) {
  const bus = new Float32Array(BLOCK_FRAMES);
  const figures: BlockFigures = { energy: 0, peak: 0, lowest: 0, highest: 0 };
  const found: number[] = [];
  let last = false;
  for (let block = 0; block < (lengthS * 1_000) / BLOCK_MS; block += 1) {
    for (let frame = 0; frame < BLOCK_FRAMES; frame += 1) bus[frame] = signal(block * BLOCK_FRAMES + frame);
    measure(bus, figures);
    const now = add(bus, figures);
    if (now !== last) found.push((block * BLOCK_MS) / 1_000);
    last = now;
  }
  return found;
}

describe("the watch for dead air", () => {
  const deadAir = (signal: Signal, lengthS: number, shouldSound = true) => {
    const watch = createDeadAirWatch();
    return changes(signal, lengthS, (_, figures) => watch.add(figures, shouldSound));
  };

  test("silence-where-something-should-sound-is-told-after-10-s-and-its-end-too", () => {
    const speech = speechLike();
    const [raisedS = 0, clearedS = 0, ...rest] = deadAir((at) => (at < seconds(20) ? 0 : speech(at)), 40);
    expect(raisedS).toBeCloseTo(10, 0);
    expect(clearedS).toBeGreaterThan(20.9);
    expect(clearedS).toBeLessThan(24);
    expect(rest).toEqual([]);
  });

  test("silence-is-right-where-nothing-should-sound", () => {
    expect(deadAir(() => 0, 60, false)).toEqual([]);
  });

  test("speech-with-long-pauses-is-not-dead", () => {
    const speech = speechLike();
    expect(deadAir((at) => (at % seconds(9) < seconds(2) ? speech(at) : 0), 90)).toEqual([]);
  });

  test("a-dead-line-that-crackles-is-dead", () => {
    const crackle: Signal = (at) => (at % seconds(1) < 50 ? 0.3 : 0);
    expect(deadAir(crackle, 30)).toHaveLength(1);
  });
});

describe("the watch for stuck sound", () => {
  const stuck = (signal: Signal, lengthS: number, isJudged: (at: number) => boolean = () => true) => {
    const watch = createStuckWatch();
    let at = 0;
    return changes(signal, lengthS, (bus, { lowest, highest }) => {
      at += BLOCK_FRAMES;
      return watch.add(bus, lowest, highest, isJudged(at));
    });
  };

  test.each([20, 61.7, 250, 700.3, 1_400])(
    "a-piece-of-%s-ms-over-and-over-is-told-within-13-s",
    (pieceMs) => {
      const speech = speechLike();
      const piece = Math.round(pieceMs * 48);
      const signal: Signal = (at) => speech(at < seconds(15) ? at : seconds(15) + (at % piece));
      const [raisedS = 0, ...rest] = stuck(signal, 35);
      expect(raisedS).toBeGreaterThan(15);
      expect(raisedS).toBeLessThan(28);
      expect(rest).toEqual([]);
    },
  );

  test("it-is-told-too-when-a-codec-lies-between, and when it goes on", () => {
    const speech = speechLike();
    const noise = createNoise();
    const isStuck = (at: number) => at > seconds(5) && at < seconds(30);
    const signal: Signal = (at) => speech(isStuck(at) ? at % 15_000 : at) + 0.004 * noise();
    const [raisedS = 0, clearedS = 0, ...rest] = stuck(signal, 40);
    expect(raisedS).toBeLessThan(20);
    expect(clearedS).toBeGreaterThan(30);
    expect(clearedS).toBeLessThan(36);
    expect(rest).toEqual([]);
  });

  test("one-value-without-end-is-told", () => {
    expect(stuck(() => 0.25, 20)).toHaveLength(1);
  });

  test.each([
    ["speech", speechLike()],
    ["silence", () => 0],
    ["noise", createNoise()],
    ["a tone of 1 kHz", (at: number) => 0.5 * Math.sin((2 * Math.PI * 1_000 * at) / SAMPLE_RATE_HZ)],
    ["a tone of 440 Hz", (at: number) => 0.5 * Math.sin((2 * Math.PI * 440 * at) / SAMPLE_RATE_HZ)],
    [
      "a hum of 100 Hz",
      (at: number) => 0.5 * Math.tanh(3 * Math.sin((2 * Math.PI * 100 * at) / SAMPLE_RATE_HZ)),
    ],
    ["music", music],
  ] as const)("%s is not stuck", (_, signal) => {
    expect(stuck(signal, 40)).toEqual([]);
  });

  test("what-repeats-by-design-is-not-judged", () => {
    const speech = speechLike();
    expect(
      stuck(
        (at) => speech(at % 15_000),
        40,
        () => false,
      ),
    ).toEqual([]);
    // A siren every few seconds between a stuck relay does not hide it for ever, nor is it judged itself.
    expect(
      stuck(
        (at) => speech(at % 15_000),
        60,
        (at) => at % seconds(30) > seconds(4),
      ).length,
    ).toBeGreaterThan(0);
  });
});

/** Four notes a second of a scale, each with overtones and a decay. */
function music(at: number): number {
  const scale = [0, 2, 4, 5, 7, 9, 11, 12, 9, 5, 7, 4, 0, 7, 11];
  const note = Math.floor(at / 12_000);
  const radians = (2 * Math.PI * 262 * 2 ** ((scale[(note * 7) % scale.length] ?? 0) / 12)) / SAMPLE_RATE_HZ;
  const decay = Math.exp(-(at % 12_000) / 6_000);
  return (
    0.3 *
    decay *
    (Math.sin(radians * at) + 0.5 * Math.sin(2 * radians * at) + 0.25 * Math.sin(3 * radians * at))
  );
}

describe("the watch for clipping", () => {
  test("a-second-held-back-hard-now-and-then-is-no-trouble, seconds on end are", () => {
    const watch = createClippingWatch();
    const told: boolean[] = [];
    const second = (clipped: number) => {
      for (let block = 0; block < 50; block += 1) told.push(watch.add(clipped));
    };
    for (const clipped of [100, 0, 100, 100, 0, 0]) second(clipped);
    expect(told).not.toContain(true);
    for (let count = 0; count < 3; count += 1) second(100);
    expect(told.at(-1)).toBe(true);
    for (let count = 0; count < 9; count += 1) second(0);
    expect(told.at(-1)).toBe(true);
    second(0);
    expect(told.at(-1)).toBe(false);
  });
});
