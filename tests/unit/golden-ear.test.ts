import { describe, expect, test } from "vitest";
import { findChirp } from "../golden-ear/find-chirp.ts";
import { gaps, soundingStretch } from "../golden-ear/gaps.ts";
import { toneDb } from "../golden-ear/goertzel.ts";
import { peakDb, rmsDb } from "../golden-ear/level.ts";
import { SAMPLE_RATE_HZ, tone, withChirps } from "../golden-ear/make-audio.ts";
import { type Recording, slice } from "../golden-ear/recording.ts";

function recording(samples: Float64Array): Recording {
  return { samples, sampleRateHz: SAMPLE_RATE_HZ, firstSampleAt: 1_000 };
}

/** Repeatable noise (xorshift), uniform, with the given root mean square. */
function noise(length: number, rms: number): Float64Array {
  let state = 2_463_534_242;
  return Float64Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 31 - 1) * rms * Math.sqrt(3);
  });
}

describe("the chirp finder", () => {
  test("finds a chirp to the sample", () => {
    const found = findChirp(recording(withChirps(1_000, [437.5])));
    expect(found?.at).toBeCloseTo(1_437.5, 6);
    expect(found?.likeness).toBeCloseTo(1, 6);
    expect(found?.amplitude).toBeCloseTo(0.5, 6);
  });

  test("finds it 12 dB under noise within 0.05 ms", () => {
    const samples = withChirps(1_000, [300]);
    // A chirp of amplitude 0.5 has an RMS of 0.35; 12 dB more is 1.41.
    const hiss = noise(samples.length, 1.41);
    const found = findChirp(recording(samples.map((sample, index) => sample + (hiss[index] ?? 0))));
    expect(found?.at).toBeCloseTo(1_300, 1);
  });

  test("finds nothing in noise, in a tone, in silence and in too little", () => {
    expect(findChirp(recording(noise(48_000, 0.3)))).toBeNull();
    expect(findChirp(recording(tone(1_000, 1_000, 0.5)))).toBeNull();
    expect(findChirp(recording(new Float64Array(48_000)))).toBeNull();
    expect(findChirp(recording(new Float64Array(10)))).toBeNull();
  });
});

describe("the level meters", () => {
  test("a sine of −6 dBFS has its tone level, its RMS 3 dB lower and its peak", () => {
    const heard = recording(tone(500, 1_000, 0.5));
    expect(toneDb(heard, 1_000)).toBeCloseTo(-6.02, 1);
    expect(toneDb(heard, 2_000)).toBeLessThan(-60);
    expect(rmsDb(heard)).toBeCloseTo(-9.03, 1);
    expect(peakDb(heard)).toBeCloseTo(-6.02, 1);
  });

  test("silence is −120 dB, not minus infinity", () => {
    expect(rmsDb(recording(new Float64Array(100)))).toBe(-120);
    expect(toneDb(recording(new Float64Array(100)), 1_000)).toBe(-120);
    expect(toneDb(recording(new Float64Array(0)), 1_000)).toBe(-120);
  });
});

describe("the gap finder", () => {
  const samples = tone(1_000, 1_000, 0.5);
  samples.fill(0, 24_000, 28_800);

  test("finds silence in the middle with its ends", () => {
    const [gap, ...others] = gaps(recording(samples), -60, 5);
    expect(others).toEqual([]);
    expect(gap?.fromAt).toBeCloseTo(1_500, 0);
    expect(gap?.toAt).toBeCloseTo(1_600, 0);
  });

  test("says where sound begins and ends", () => {
    const late = new Float64Array(48_000);
    late.fill(0.5, 9_600, 38_400);
    expect(soundingStretch(recording(late), -40)).toEqual({ fromAt: 1_200, toAt: 1_800 });
    expect(soundingStretch(recording(new Float64Array(480)), -40)).toBeNull();
  });

  test("a slice keeps its time", () => {
    const part = slice(recording(samples), 1_500, 1_600);
    expect(part.firstSampleAt).toBeCloseTo(1_500, 6);
    expect(rmsDb(part)).toBe(-120);
  });
});
