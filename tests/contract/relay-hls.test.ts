import { join } from "node:path";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findNoise, heardAt, type NoiseStretch } from "../golden-ear/find-noise.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { writeWav } from "../golden-ear/make-audio.ts";
import { createPatientTime } from "../support/fast-time.ts";
import { type HlsStationOptions, startHlsStation } from "../support/hls-station.ts";
import { listenTo, type RelayEar, type RelayEarOptions } from "../support/relay-ear.ts";
import { systemPart } from "../support/system-part.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

const part = systemPart("ffmpeg");
const ffmpegPath = part?.path ?? "";
const FACTOR = 6;
const PROGRAMME_S = 150;
const HIDDEN_MS = 1_500;
const IN_PLACE_MS = 5;
/** Two seconds of a machine that is busy, in the time of the station. */
const BUSY_MS = 2_000 * FACTOR;
const noise = knownNoise(PROGRAMME_S * 1_000);
let folder: TemporaryFolder;
let wavPath = "";

beforeAll(async () => {
  folder = await temporaryFolder();
  wavPath = join(folder.path, "noise.wav");
  writeWav(wavPath, noise);
});
afterAll(() => folder.remove());

async function station(how: Partial<HlsStationOptions> = {}, factor = FACTOR) {
  const time = createPatientTime(factor);
  onTestFinished(time.stop);
  const on = await startHlsStation({
    ffmpegPath,
    wavPath,
    kind: "mpegts",
    windowSegments: 25,
    clock: time.clock,
    ...how,
  });
  const cable = await startTcpProxy(Number(new URL(on.url).port));
  onTestFinished(cable.close);
  onTestFinished(on.close);
  const url = `http://127.0.0.1:${cable.port}/live.m3u8`;
  const listen = (more: Partial<RelayEarOptions> = {}) =>
    listenTo({ ffmpegPath, url, factor, time, ...more });
  return { ...on, time, cable, listen };
}

/** The pieces of the programme that were heard; a servo may stretch them a little. */
function stretches(ear: RelayEar): readonly NoiseStretch[] {
  const recording = { samples: ear.samples(), sampleRateHz: 48_000, firstSampleAt: ear.firstHeardAt ?? 0 };
  return findNoise(recording, noise, { stretchPpm: 600 });
}

/**
 * Stretches that are one piece: a servo that turns faster than the ear follows hides some hundred milliseconds of
 * the noise from it, but what comes behind is in its place.
 */
function pieces(ear: RelayEar): readonly NoiseStretch[] {
  const joined: NoiseStretch[] = [];
  for (const next of stretches(ear)) {
    const last = joined.at(-1);
    const goesOn =
      last !== undefined &&
      next.fromAt - last.toAt < HIDDEN_MS &&
      Math.abs(placeMs(next.fromAt, next.fromSample) - placeMs(last.toAt, last.toSample)) < IN_PLACE_MS;
    if (goesOn) joined[joined.length - 1] = { ...last, toAt: next.toAt, toSample: next.toSample };
    else joined.push(next);
  }
  return joined;
}

/** How long after its capture, but for a constant, a sample is heard. */
function placeMs(heardAtMs: number, sample: number): number {
  return heardAtMs - sample / 48;
}

async function passes(ear: RelayEar, seconds: number): Promise<void> {
  const until = ear.now() + seconds * 1_000;
  await expect.poll(() => ear.now(), { timeout: seconds * 1_000 }).toBeGreaterThan(until);
}

describe.skipIf(part === null)("a relay of HLS", { timeout: 60_000 }, () => {
  test.each(["mpegts", "fmp4", "aac"] as const)("of-%s-segments-is-heard-in-one-piece", async (kind) => {
    const { listen } = await station({ kind, windowSegments: 10 });
    const ear = listen();
    await ear.heard(30);
    const heard = pieces(ear);
    expect(heard).toHaveLength(1);
    expect((heard[0]?.toAt ?? 0) - (heard[0]?.fromAt ?? 0)).toBeGreaterThan(15_000);
    expect(ear.dryBlocks).toBe(0);
  });

  test.each(["mpegts", "fmp4", "aac"] as const)(
    "the-first-sound-of-%s-segments-waits-for-none-that-is-not-published-yet",
    async (kind) => {
      // Time stands still at the station: its window never moves on.
      const wallAt = asInstant(Date.now());
      const clock = { now: () => wallAt, monotonic: () => asMonotonic(0) };
      const { listen } = await station({ kind, clock, windowSegments: 10 });
      const ear = listen();
      await ear.heard(1);
      expect(stretches(ear)).toHaveLength(1);
    },
  );

  test("a-loss-of-30-s-is-not-heard, where-the-window-is-50-s", async () => {
    const { listen, cable } = await station();
    const ear = listen();
    await ear.heard(6);
    cable.silence();
    await passes(ear, 30);
    cable.restore();
    await ear.heard(60);
    expect(pieces(ear)).toHaveLength(1);
    expect(ear.dryBlocks).toBe(0);
    expect(ear.source.live?.reconnects).toBeGreaterThan(0);
  });

  test("a-loss-that-is-longer-than-the-buffer-is-told, and-it-comes-back-at-the-live-edge", async () => {
    const { listen, cable, beganAt } = await station({ windowSegments: 6 });
    const ear = listen();
    await ear.heard(4);
    cable.silence();
    await expect.poll(() => ear.source.live?.isLost, { timeout: 10_000 }).toBe(true);
    cable.restore();
    await expect.poll(() => ear.source.live?.isLost, { timeout: 10_000 }).toBe(false);
    await passes(ear, 10);
    const last = stretches(ear).at(-1);
    if (last === undefined) throw new Error("it did not come back");
    // The window is 11.5 s long, and a segment lies in it before it is heard.
    expect(placeMs(last.toAt, last.toSample) - beganAt).toBeLessThan(13_500 + BUSY_MS);
  });

  test("paused-it-runs-on, and-rejoins-at-the-live-edge", async () => {
    const { listen } = await station({ windowSegments: 8 });
    const ear = listen();
    await ear.heard(5);
    const pausedAt = ear.now();
    ear.isPaused = true;
    await passes(ear, 20);
    ear.isPaused = false;
    const pausedMs = ear.now() - pausedAt;
    await ear.heard(10);
    const [before, after, ...more] = pieces(ear);
    if (before === undefined || after === undefined) throw new Error("it was not heard again");
    expect(more).toEqual([]);
    // The recording has no pause in it, so what is missing of the programme is how long the pause was.
    const missingMs = (after.fromSample - before.toSample) / 48 - (after.fromAt - before.toAt);
    expect(Math.abs(missingMs - pausedMs)).toBeLessThan(2_000);
  });

  test.each(["mpegts", "fmp4"] as const)(
    "with-a-fixed-delay-boxes-that-join-at-different-times-are-heard-together (%s)",
    async (kind) => {
      const { listen, beganAt } = await station({ kind, saysTimes: true, windowSegments: 10 });
      const first = listen({ fixedDelayMs: 12_000 });
      await first.heard(4.3);
      const second = listen({ fixedDelayMs: 12_000 });
      await second.heard(30);
      const [one] = stretches(first).slice(-1);
      const [other] = stretches(second).slice(-1);
      if (one === undefined || other === undefined) throw new Error("nothing was heard");
      const sample = other.toSample - 48_000;
      expect(Math.abs(heardAt(one, sample) - heardAt(other, sample))).toBeLessThan(2);
      // AAC puts 21 ms of its own in front, and the decoder takes nothing away.
      expect(Math.abs(heardAt(one, sample) - (beganAt + sample / 48 + 12_000))).toBeLessThan(50);
      expect(first.dryBlocks).toBe(0);
      const captured = first.source.live?.capturedAt(asMonotonic(0));
      expect(captured).not.toBeNull();
    },
  );

  test("a-fixed-delay-of-30-s-bridges-a-loss-of-20-s", async () => {
    const { listen, cable } = await station({ saysTimes: true, windowSegments: 25 });
    const ear = listen({ fixedDelayMs: 30_000 });
    await ear.heard(5);
    cable.silence();
    await passes(ear, 20);
    cable.restore();
    await ear.heard(45);
    expect(stretches(ear)).toHaveLength(1);
    expect(ear.dryBlocks).toBe(0);
  });
});
