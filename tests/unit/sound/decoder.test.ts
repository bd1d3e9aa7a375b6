import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDecoder } from "@loa/edge-agent/sound/decoder.ts";
import { declaredMsOf, outcomeOf } from "@loa/edge-agent/sound/decoder-outcome.ts";
import { createPcmRing } from "@loa/edge-agent/sound/pcm-ring.ts";
import type { PcmSource } from "@loa/edge-agent/sound/pcm-source.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { testFolder } from "../../support/temp-folder.ts";

/** A program in the place of ffmpeg that does what `script` (sh) says. */
async function decoderOf(script: string, restarts = 0): Promise<PcmSource> {
  const folder = await testFolder();
  const ffmpegPath = join(folder, "ffmpeg");
  writeFileSync(ffmpegPath, `#!/bin/sh\n${script}\n`);
  chmodSync(ffmpegPath, 0o755);
  const path = join(folder, "clip.mp3");
  writeFileSync(path, "not looked at");
  const decoder = startDecoder({ ffmpegPath, path, offsetMs: 0, restarts });
  onTestFinished(() => decoder.close());
  return decoder;
}

function readAll(decoder: PcmSource): number {
  const into = new Float32Array(960);
  let total = 0;
  for (let taken = decoder.read(into, 0, 960); taken > 0; taken = decoder.read(into, 0, 960)) total += taken;
  return total;
}

const untilEnd = (decoder: PcmSource) =>
  vi.waitUntil(() => decoder.outcome !== null, { timeout: 5_000, interval: 5 });

describe("the decoder", () => {
  test("a-decoder-that-is-killed-gives-what-it-had-and-says-that-it-died", async () => {
    const decoder = await decoderOf("head -c 96000 /dev/zero; kill -9 $$");
    await untilEnd(decoder);
    expect(readAll(decoder)).toBe(48_000);
    expect(decoder.outcome).toBe("decoder-died");
  });

  test("a-decoder-that-gives-nothing-is-hung, and is gone after that", async () => {
    const decoder = await decoderOf("exec sleep 60");
    for (let ms = 0; ms < 9_000; ms += 20) decoder.watch(asMonotonic(ms));
    expect(decoder.outcome).toBe("decoder-hung");
    await decoder.close();
  });

  test("a-decoder-that-stops-in-the-middle-is-hung-after-a-second", async () => {
    const decoder = await decoderOf("head -c 96000 /dev/zero; exec sleep 60");
    await vi.waitUntil(() => decoder.available === 48_000, { timeout: 5_000, interval: 5 });
    // As long as half a second is left, a slow disk may take its time.
    for (let ms = -60_000; ms < 0; ms += 20) decoder.watch(asMonotonic(ms));
    const into = new Float32Array(30_000);
    expect(decoder.read(into, 0, 30_000)).toBe(30_000);
    for (let ms = 0; ms < 900; ms += 20) decoder.watch(asMonotonic(ms));
    expect(decoder.outcome).toBeNull();
    for (let ms = 900; ms < 1_200; ms += 20) decoder.watch(asMonotonic(ms));
    expect(decoder.outcome).toBe("decoder-hung");
  });

  test("a-decoder-that-nobody-reads-waits-and-is-not-hung", async () => {
    const decoder = await decoderOf("exec cat /dev/zero");
    await vi.waitUntil(() => decoder.available > 2 * 48_000 - 24_000, { timeout: 5_000, interval: 5 });
    for (let ms = 0; ms < 60_000; ms += 20) decoder.watch(asMonotonic(ms));
    expect(decoder.outcome).toBeNull();
    expect(decoder.available).toBeLessThanOrEqual(2 * 48_000);
  });

  test("a-stall-of-our-own-process-is-not-blamed-on-the-decoder", async () => {
    const decoder = await decoderOf("exec sleep 60");
    decoder.watch(asMonotonic(0));
    decoder.watch(asMonotonic(60_000));
    expect(decoder.outcome).toBeNull();
  });

  test("a-decoder-that-is-killed-is-replaced-twice", async () => {
    const decoder = await decoderOf("head -c 48000 /dev/zero; kill -9 $$", 2);
    await untilEnd(decoder);
    expect(readAll(decoder)).toBe(72_000);
    expect(decoder.outcome).toBe("decoder-died");
  });

  test("a-decoder-that-ran-well-for-a-minute-earns-its-restart-back", async () => {
    // Three children give 61 s each before they are killed, the others half a second.
    const script = `for child in 1 2 3; do
      if mkdir "$0.$child" 2>/dev/null; then head -c 5856000 /dev/zero; kill -9 $$; fi
    done
    head -c 48000 /dev/zero; kill -9 $$`;
    const decoder = await decoderOf(script, 1);
    let frames = 0;
    await vi.waitUntil(
      () => {
        frames += readAll(decoder);
        return decoder.outcome !== null && decoder.available === 0;
      },
      { timeout: 10_000, interval: 1 },
    );
    expect(frames).toBe(3 * 61 * 48_000 + 24_000);
    expect(decoder.outcome).toBe("decoder-died");
  });

  test("a-decoder-that-hangs-is-replaced-while-there-is-sound-left", async () => {
    // The first one hangs after 1.5 s of sound; the second goes on.
    const script =
      'if mkdir "$0.was" 2>/dev/null; then head -c 144000 /dev/zero; exec sleep 60; fi; exec cat /dev/zero';
    const decoder = await decoderOf(script, 1);
    await vi.waitUntil(() => decoder.available === 72_000, { timeout: 5_000, interval: 5 });
    const into = new Float32Array(960);
    let ms = 0;
    for (; ms < 700; ms += 20) {
      decoder.watch(asMonotonic(ms));
      expect(decoder.read(into, 0, 960)).toBe(960);
    }
    await vi.waitUntil(() => decoder.available > 72_000, { timeout: 5_000, interval: 5 });
    expect(decoder.outcome).toBeNull();
  });

  test("an-ffmpeg-that-is-not-there-is-a-dead-decoder", async () => {
    const path = join(await testFolder(), "clip.mp3");
    writeFileSync(path, "x");
    const decoder = startDecoder({ ffmpegPath: "/nonexistent/ffmpeg", path, offsetMs: 0 });
    await untilEnd(decoder);
    expect(decoder.outcome).toBe("decoder-died");
    await decoder.close();
  });
});

describe("what is left of a decoder", () => {
  const whole = { exitCode: 0, frames: 480_000, offsetMs: 0, declaredMs: 10_000, isCut: false };

  test.each([
    ["complete", whole],
    ["complete", { ...whole, declaredMs: null }],
    ["complete", { ...whole, frames: 240_000, offsetMs: 5_000 }],
    ["complete", { ...whole, frames: 0, offsetMs: 11_000 }],
    ["truncated", { ...whole, frames: 240_000 }],
    ["truncated", { ...whole, isCut: true }],
    ["truncated", { ...whole, exitCode: 1, frames: 0, isCut: true }],
    ["not-audio", { ...whole, exitCode: 1, frames: 0 }],
    ["not-audio", { ...whole, frames: 0 }],
    ["decoder-died", { ...whole, exitCode: null }],
    ["decoder-died", { ...whole, exitCode: 1 }],
  ] as const)("%s: %o", (outcome, remains) => {
    expect(outcomeOf(remains)).toBe(outcome);
  });

  test("a length is believed only when ffmpeg read it, not when it guessed", () => {
    expect(declaredMsOf("  Duration: 01:02:03.45, start: 0.0, bitrate: 128 kb/s")).toBe(3_723_450);
    expect(declaredMsOf("  Duration: N/A, bitrate: 128 kb/s")).toBeNull();
    expect(
      declaredMsOf("Estimating duration from bitrate, this may be inaccurate\n Duration: 00:00:05.00"),
    ).toBeNull();
    expect(declaredMsOf("")).toBeNull();
  });
});

describe("the PCM ring", () => {
  test("gives back every sample in order, however the bytes were cut", () => {
    const ring = createPcmRing(100);
    const bytes = new Uint8Array(Int16Array.from({ length: 300 }, (_, index) => index - 150).buffer);
    const into = new Float32Array(300);
    let read = 0;
    for (let at = 0; at < bytes.length; at += 7) {
      ring.push(bytes.subarray(at, at + 7));
      if (ring.length > 60) read += ring.read(into, read, 50);
    }
    read += ring.read(into, read, 300);
    expect(read).toBe(300);
    expect([...into].map((sample) => Math.round(sample * 32_768))).toEqual(
      Array.from({ length: 300 }, (_, index) => index - 150),
    );
    expect(ring.total).toBe(300);
  });
});
