import { BLOCK_FRAMES, dbToGain } from "@loa/edge-agent/sound/format.ts";
import { CEILING_DB, createLimiter } from "@loa/edge-agent/sound/limiter.ts";
import { canMeet, isFor } from "@loa/edge-agent/sound/output-layout.ts";
import { toPcm16 } from "@loa/edge-agent/sound/pcm16.ts";
import { createResampler } from "@loa/edge-agent/sound/resampler.ts";
import { describe, expect, test } from "vitest";
import { createNoise } from "../../support/speech-like.ts";

describe("the way to s16", () => {
  test("gives-back-every-s16-value-bit-by-bit", () => {
    const values = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
    const out = new Int16Array(65_536);
    toPcm16([Float32Array.from(values, (value) => value / 32_768)], 65_536, out);
    expect(out).toEqual(values);
  });

  test("rounds-to-the-nearest, holds-at-full-scale, and puts channels in turns", () => {
    const out = new Int16Array(8);
    const left = Float32Array.from([0.4, 0.6, -0.4, -0.6], (value) => value / 32_768);
    toPcm16([left, Float32Array.from([1, 2, -1, -2])], 4, out);
    expect([...out]).toEqual([0, 32_767, 1, 32_767, 0, -32_768, -1, -32_768]);
  });
});

describe("the limiter", () => {
  test("lets-through-what-is-below-its-ceiling-bit-by-bit", () => {
    const limiter = createLimiter();
    const block = Float32Array.from({ length: BLOCK_FRAMES }, createNoise());
    for (const [index, sample] of block.entries()) block[index] = sample * 0.9;
    const before = block.slice();
    expect(limiter.process([block])).toBe(0);
    expect(block).toEqual(before);
  });

  test("holds-everything-under-its-ceiling, tells what it held back hard, and becomes itself again", () => {
    const limiter = createLimiter();
    const loud = new Float32Array(BLOCK_FRAMES).fill(3);
    expect(limiter.process([loud])).toBe(BLOCK_FRAMES);
    expect(Math.max(...loud)).toBeLessThanOrEqual(dbToGain(CEILING_DB) + 1e-6);
    const soft = new Float32Array(BLOCK_FRAMES);
    for (let block = 0; block < 100; block += 1) limiter.process([soft.fill(0.1)]);
    expect(soft.every((sample) => sample === Math.fround(0.1))).toBe(true);
  });

  test("keeps-the-balance-of-its-outputs", () => {
    const [left, right] = [new Float32Array(BLOCK_FRAMES).fill(2), new Float32Array(BLOCK_FRAMES).fill(0.5)];
    createLimiter().process([left, right]);
    expect((right[5] ?? 0) / (left[5] ?? 1)).toBeCloseTo(0.25, 5);
  });
});

describe("lines", () => {
  test("a-sound-for-all-goes-everywhere, one for some to these and to what feeds all", () => {
    const line = { zone: 2, side: "both" } as const;
    expect([
      isFor(line, null),
      isFor(line, [2]),
      isFor(line, [3]),
      isFor({ ...line, zone: null }, [3]),
    ]).toEqual([true, true, false, true]);
    expect([canMeet(null, [1]), canMeet([1, 2], [2, 3]), canMeet([1], [2])]).toEqual([true, true, false]);
  });
});

describe("the resampler", () => {
  const read = (samples: Float32Array, ahead: number, step: number, blocks: number): Float32Array => {
    const resampler = createResampler(1);
    const out = new Float32Array(blocks * BLOCK_FRAMES);
    resampler.restart(ahead);
    let pushed = 0;
    for (let block = 0; block < blocks; block += 1) {
      while (!resampler.canPull(BLOCK_FRAMES, step)) {
        resampler.push([samples.subarray(pushed, pushed + BLOCK_FRAMES)], BLOCK_FRAMES);
        pushed += BLOCK_FRAMES;
      }
      resampler.pull([out.subarray(block * BLOCK_FRAMES, (block + 1) * BLOCK_FRAMES)], BLOCK_FRAMES, step);
    }
    return out;
  };
  const wave = (hz: number, frames: number) =>
    Float32Array.from({ length: frames }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hz * at) / 48_000));

  test("at-whole-places-it-gives-back-the-very-samples", () => {
    const samples = Float32Array.from({ length: 20 * BLOCK_FRAMES }, createNoise());
    expect(read(samples, 7, 1, 10)).toEqual(samples.slice(7, 7 + 10 * BLOCK_FRAMES));
  });

  test.each([100, 1_000, 8_000, 15_000])(
    "between-samples-a-tone-of-%i-Hz-is-off-by-less-than-80-dB",
    (hz) => {
      const step = 1 + 160e-6;
      const out = read(wave(hz, 40 * BLOCK_FRAMES), 0.3, step, 30);
      let worst = 0;
      for (let frame = 100; frame < out.length; frame += 1) {
        const exact = 0.5 * Math.sin((2 * Math.PI * hz * (0.3 + frame * step)) / 48_000);
        worst = Math.max(worst, Math.abs((out[frame] ?? 0) - exact));
      }
      expect(20 * Math.log10(worst / 0.5)).toBeLessThan(-80);
    },
  );
});
