import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findNoise, heardAt } from "../golden-ear/find-noise.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { encode, ffmpeg, SAMPLE_RATE_HZ, tone, writeWav } from "../golden-ear/make-audio.ts";
import { fromWav, type Recording, timeOf } from "../golden-ear/recording.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const noise = knownNoise(3_000);

function recording(samples: Float64Array, sampleRateHz = SAMPLE_RATE_HZ): Recording {
  // As a card records it: 16 bits.
  const rounded = samples.map((sample) => Math.round(sample * 32_768) / 32_768);
  return { samples: rounded, sampleRateHz, nominalRateHz: SAMPLE_RATE_HZ, firstSampleAt: 5_000 };
}

function joined(...parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

function mixed(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((sample, index) => sample + (b[index] ?? 0));
}

const silence = (samples: number) => new Float64Array(samples);

describe("the ear for known noise", () => {
  test("says which samples are heard from when to when", () => {
    const stretches = findNoise(
      recording(joined(silence(7_777), noise.subarray(12_345, 90_000), silence(9_999))),
      noise,
    );
    expect(stretches).toHaveLength(1);
    const [one] = stretches;
    expect(one?.fromSample).toBeCloseTo(12_345, 0);
    expect(one?.toSample).toBeCloseTo(90_000, 0);
    expect(one?.fromAt).toBeCloseTo(5_000 + 7_777 / 48, 1);
    expect(one?.amplitude).toBeCloseTo(1, 3);
  });

  test("an interruption that resumes exactly loses nothing, whatever was heard between", () => {
    const siren = tone(500, 880, 0.4);
    const played = joined(noise.subarray(0, 40_000), siren, noise.subarray(40_000, 100_000));
    const [before, after, ...others] = findNoise(recording(played.map((sample) => sample * 0.3)), noise);
    expect(others).toEqual([]);
    expect(before?.toSample).toBeCloseTo(40_000, -0.5);
    expect((after?.fromSample ?? 0) - (before?.toSample ?? 0)).toBeCloseTo(0, -0.7);
    expect((after?.fromAt ?? 0) - (before?.toAt ?? 0)).toBeCloseTo(500, 1);
    expect(before?.amplitude).toBeCloseTo(0.3, 3);
  });

  test.each([-480, -10, -1, 1, 37, 960])("%d samples lost at a join are counted, one by one", (lost) => {
    const [before, after] = findNoise(
      recording(joined(noise.subarray(0, 60_000), noise.subarray(60_000 + lost))),
      noise,
    );
    if (before === undefined || after === undefined) throw new Error("not two stretches");
    const shiftOf = (one: typeof before) => one.fromSample - (one.fromAt - 5_000) * 48;
    expect(shiftOf(after) - shiftOf(before)).toBeCloseTo(lost, 0);
  });

  test("the gap between two clips is measured to 0.01 ms", () => {
    const second = knownNoise(1_500, 2);
    const heard = recording(joined(noise, silence(33), second));
    const [first] = findNoise(heard, noise);
    const [next] = findNoise(heard, second);
    if (first === undefined || next === undefined) throw new Error("not heard");
    expect(heardAt(next, 0) - heardAt(first, noise.length)).toBeCloseTo(33 / 48, 2);
  });

  test("is heard under a programme 3 dB louder and through a stretching servo", () => {
    const other = knownNoise(3_000, 9).map((sample) => sample * 1.41);
    const [under] = findNoise(recording(mixed(noise, other)), noise);
    expect(under?.toSample).toBeGreaterThan(100_000);
    expect((under?.fromSample ?? 0) - ((under?.fromAt ?? 0) - 5_000) * 48).toBeCloseTo(0, 0);
    // 200 ppm slower: sample n of the recording is sample n * 0.9998 of the noise.
    const stretched = Float64Array.from({ length: 140_000 }, (_, index) => {
      const at = index * 0.9998;
      const left = noise[Math.floor(at)] ?? 0;
      return left + (at - Math.floor(at)) * ((noise[Math.floor(at) + 1] ?? 0) - left);
    });
    const [slow, ...others] = findNoise(recording(stretched), noise, { stretchPpm: 500 });
    expect(others).toEqual([]);
    if (slow === undefined) throw new Error("not heard");
    const samplesPerMs = (slow.toSample - slow.fromSample) / (slow.toAt - slow.fromAt);
    expect(samplesPerMs / 48).toBeCloseTo(0.9998, 4);
  });

  test("noise that goes on where it would be is parted by a silence of 80 ms, wherever it lies, and by none of 45", () => {
    const muted = (from: number, forMs: number) =>
      recording(noise.map((sample, at) => (at >= from && at < from + forMs * 48 ? 0 : sample)));
    for (let from = 70_000; from < 71_024; from += 128) {
      expect(findNoise(muted(from, 80), noise)).toHaveLength(2);
      expect(findNoise(muted(from, 45), noise)).toHaveLength(1);
    }
  });

  test("a fast card plays it in less time, at its true rate", () => {
    const heard = recording(noise, 48_000 * 1.0002);
    const [one] = findNoise(heard, noise);
    expect(one?.toAt).toBeCloseTo(timeOf(heard, noise.length), 1);
    expect(one?.toSample).toBeCloseTo(noise.length, 0);
  });

  test("is not heard in silence, in a tone and in other noise", () => {
    for (const other of [silence(48_000), tone(1_000, 1_000, 0.5), knownNoise(1_000, 3)])
      expect(findNoise(recording(other), noise)).toEqual([]);
  });
});

const ffmpegPart = systemPart("ffmpeg");

describe.skipIf(ffmpegPart === null)("the ear for known noise, behind a codec", () => {
  test.each(["mp3", "opus", "flac"] as const)(
    "%s: knows to 0.05 ms where its first sample would be",
    async (format) => {
      const folder = await testFolder();
      const wav = join(folder, "noise.wav");
      const decoded = join(folder, "decoded.wav");
      const ffmpegPath = ffmpegPart?.path ?? "ffmpeg";
      writeWav(wav, noise);
      const encoded = await encode(ffmpegPath, wav, format);
      await ffmpeg(ffmpegPath, ["-i", encoded, "-ar", "48000", "-ac", "1", "-c:a", "pcm_s16le", decoded]);
      const [heard, ...others] = findNoise(fromWav(await readFile(decoded), 0), noise);
      expect(others).toEqual([]);
      if (heard === undefined) throw new Error("not heard");
      expect(Math.abs(heardAt(heard, 0))).toBeLessThan(0.05);
    },
  );
});
