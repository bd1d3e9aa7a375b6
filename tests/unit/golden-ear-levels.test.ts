import { describe, expect, test } from "vitest";
import { clippedSamples } from "../golden-ear/clipping.ts";
import { envelope, rampIn, toneEnvelope } from "../golden-ear/envelope.ts";
import { CHIRP, chirpSamples, findChirps } from "../golden-ear/find-chirp.ts";
import { findPattern } from "../golden-ear/find-pattern.ts";
import { correlation } from "../golden-ear/fourier.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { SAMPLE_RATE_HZ, tone, withChirps } from "../golden-ear/make-audio.ts";
import { chirpOffsets, offsetMs } from "../golden-ear/offset.ts";
import type { Recording } from "../golden-ear/recording.ts";
import { toneBreaks } from "../golden-ear/tone-breaks.ts";
import { toneOnset } from "../golden-ear/tone-onset.ts";

function recording(samples: Float64Array, firstSampleAt = 1_000, sampleRateHz = SAMPLE_RATE_HZ): Recording {
  return { samples, sampleRateHz, nominalRateHz: SAMPLE_RATE_HZ, firstSampleAt };
}

function mixed(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((sample, index) => sample + (b[index] ?? 0));
}

function joined(...parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

/** An alarm as engines make one: two tones in turn. */
function siren(): Float64Array {
  return joined(tone(250, 600, 0.5), tone(250, 900, 0.5), tone(250, 600, 0.5), tone(250, 900, 0.5));
}

test("correlation is the sum of products at every place", () => {
  const signal = knownNoise(100);
  const pattern = knownNoise(30, 2);
  const fits = correlation(signal, pattern);
  expect(fits).toHaveLength(signal.length - pattern.length + 1);
  for (const place of [0, 1, 777, fits.length - 1]) {
    const sum = pattern.reduce((all, sample, index) => all + sample * (signal[place + index] ?? 0), 0);
    expect(fits[place]).toBeCloseTo(sum, 9);
  }
  expect(correlation(pattern, signal)).toHaveLength(0);
});

describe("the finder of many chirps", () => {
  test("finds each, loud or quiet, on a card 200 ppm off at its true time", () => {
    const samples = withChirps(4_000, [100, 1_100, 2_500]);
    const found = findChirps(recording(mixed(samples, knownNoise(4_000)), 0, 48_000 * 1.0002));
    expect(found.map((one) => one.at)).toEqual(
      [100, 1_100, 2_500].map((at) => expect.closeTo(at / 1.0002, 1)),
    );
  });

  test("tells two loudspeakers apart to 0.01 ms, to a fraction of a sample", () => {
    const first = withChirps(3_000, [200, 1_200, 2_200]);
    const offsets = chirpOffsets(
      recording(first),
      recording(
        first.map((one) => one * 0.2),
        1_000.007,
      ),
      200,
    );
    expect(offsets.map((one) => one.offsetMs)).toEqual(
      [0.007, 0.007, 0.007].map((one) => expect.closeTo(one, 3)),
    );
    expect(chirpOffsets(recording(first), recording(first, 1_500), 200)).toEqual([]);
  });

  test("tells the offset of any sound", () => {
    const sound = knownNoise(2_000);
    const later = recording(
      joined(
        new Float64Array(480),
        sound.map((one) => one * 0.5),
      ),
    );
    const part = { fromAt: 1_500, toAt: 2_000, withinMs: 100 };
    expect(offsetMs(recording(sound), later, part)).toBeCloseTo(10, 3);
    expect(offsetMs(recording(sound), recording(knownNoise(2_000, 5)), part)).toBeNull();
  });
});

describe("the ear for a siren", () => {
  test("finds its first sample over a programme as loud", () => {
    const programme = knownNoise(2_500).map((one) => one * 3);
    const heard = mixed(programme, joined(new Float64Array(33_333), siren()));
    expect(findPattern(recording(heard), siren())?.at).toBeCloseTo(1_000 + 33_333 / 48, 1);
  });

  test("finds when a tone begins without knowing the rest", () => {
    const heard = mixed(knownNoise(2_000), joined(new Float64Array(48_000), tone(900, 600, 0.5)));
    expect(Math.abs((toneOnset(recording(heard), 600, -6) ?? 0) - 2_000)).toBeLessThan(1);
    expect(toneOnset(recording(knownNoise(2_000)), 600, -6)).toBeNull();
  });

  test("a chirp is no siren", () => {
    const samples = new Float64Array(96_000);
    samples.set(chirpSamples(SAMPLE_RATE_HZ), 10_000);
    expect(findPattern(recording(samples), siren())).toBeNull();
    expect(CHIRP.durationMs).toBe(200);
  });
});

describe("the ear for ramps", () => {
  const fade = tone(2_000, 1_000, 0.5).map((sample, index) => {
    const doneShare = Math.min(1, Math.max(0, (index - 24_000) / 48_000));
    return sample * 10 ** ((-20 * doneShare) / 20);
  });

  test("says when a fade begins, when it ends, from what to what, and that it has no step", () => {
    for (const levels of [toneEnvelope(recording(fade), 1_000, 10), envelope(recording(fade), 10)]) {
      const ramp = rampIn(levels);
      expect(Math.abs((ramp?.fromAt ?? 0) - 1_500)).toBeLessThan(40);
      expect(Math.abs((ramp?.toAt ?? 0) - 2_500)).toBeLessThan(40);
      expect((ramp?.toDb ?? 0) - (ramp?.fromDb ?? 0)).toBeCloseTo(-20, 1);
      expect(ramp?.steepestDb).toBeLessThan(0.3);
    }
  });

  test("a steady level is no ramp, and a jump is steep", () => {
    expect(rampIn(envelope(recording(tone(500, 1_000, 0.5)), 10))).toBeNull();
    const jump = joined(tone(500, 1_000, 0.5), tone(500, 1_000, 0.05));
    expect(rampIn(envelope(recording(jump), 10))?.steepestDb).toBeCloseTo(20, 0);
    expect(rampIn([])).toBeNull();
  });
});

describe("the ear for broken tones", () => {
  const whole = tone(1_000, 1_000, 0.5);

  test("an even tone has no break, however fast the card", () => {
    expect(toneBreaks(recording(whole, 1_000, 48_000 * 1.0002), 1_000)).toEqual([]);
  });

  test.each([-6, 3, 12])("%d samples lost show as a jump of the phase", (lost) => {
    const broken = joined(whole.subarray(0, 20_000), whole.subarray(20_000 + lost));
    const breaks = toneBreaks(recording(broken), 1_000);
    expect(breaks.length).toBeGreaterThan(0);
    expect(Math.abs((breaks[0]?.at ?? 0) - (1_000 + 20_000 / 48))).toBeLessThan(5);
    expect(breaks.reduce((sum, one) => sum + one.jumpMs, 0)).toBeCloseTo(lost / 48, 1);
  });

  test("a hole shows as a dip", () => {
    const holed = whole.slice();
    holed.fill(0, 20_000, 20_048);
    expect(Math.max(...toneBreaks(recording(holed), 1_000).map((one) => one.dipDb))).toBeGreaterThan(1);
  });
});

test("clipping counts what is cut off, not what just fits", () => {
  const loud = tone(100, 100, 1.5).map((one) => Math.max(-1, Math.min(32_767 / 32_768, one)));
  expect(clippedSamples(recording(loud)) / loud.length).toBeCloseTo(0.535, 1);
  expect(clippedSamples(recording(tone(100, 1_000, 0.9)))).toBe(0);
  expect(clippedSamples(recording(Float64Array.of(0, 1, 0, -1, 0)))).toBe(0);
  expect(clippedSamples(recording(Float64Array.of(0, 1, -1, -1, 0)))).toBe(2);
});
