import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findNoise, type NoiseStretch } from "../golden-ear/find-noise.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { writeWav } from "../golden-ear/make-audio.ts";
import { type Icecast, type StationFormat, startIcecast } from "../support/icecast.ts";
import { listenTo, type RelayEar } from "../support/relay-ear.ts";
import { systemPart } from "../support/system-part.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

const part = systemPart("ffmpeg");
const server = systemPart("icecast2");
const ffmpegPath = part?.path ?? "";
/** Faster, and a loaded machine misses time limits that nobody misses in life. */
const FACTOR = 4;
const noise = knownNoise(170_000);
const encoders = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "64k"],
  aac: ["-c:a", "aac", "-b:a", "64k"],
  opus: ["-c:a", "libopus", "-b:a", "64k", "-vbr", "off"],
} as const satisfies Record<StationFormat, readonly string[]>;
const formats = ["mp3", "aac", "opus"] as const;

describe.skipIf(part === null || server === null)("a relay of Icecast", { timeout: 90_000 }, () => {
  let folder: TemporaryFolder;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const wav = join(folder.path, "noise.wav");
    writeWav(wav, noise);
    for (const format of formats) {
      spawnSync(ffmpegPath, ["-v", "error", "-nostdin", "-i", wav, ...encoders[format], fileOf(format)]);
    }
  }, 60_000);
  afterAll(() => folder.remove());

  const fileOf = (format: StationFormat) => join(folder.path, `noise.${format}`);

  async function icecast(burstS: number): Promise<Icecast> {
    const station = await startIcecast({
      icecastPath: server?.path ?? "",
      ffmpegPath,
      burstBytes: burstS * 8_000,
    });
    onTestFinished(station.close);
    return station;
  }

  async function broadcastFor(seconds: number, station: Icecast, format: StationFormat): Promise<void> {
    station.broadcast("live", { file: fileOf(format), format, speed: FACTOR });
    const from = performance.now();
    await expect
      .poll(() => performance.now() - from, { timeout: 40_000 })
      .toBeGreaterThan((seconds * 1_000) / FACTOR + 500);
  }

  function listen(port: number): RelayEar {
    return listenTo({ ffmpegPath, url: `http://127.0.0.1:${port}/live`, factor: FACTOR });
  }

  function stretches(ear: RelayEar): readonly NoiseStretch[] {
    const recording = { samples: ear.samples(), sampleRateHz: 48_000, firstSampleAt: 0 };
    return findNoise(recording, noise, { stretchPpm: 600 });
  }

  async function passes(ear: RelayEar, seconds: number): Promise<void> {
    const until = ear.now() + seconds * 1_000;
    await expect.poll(() => ear.now(), { timeout: seconds * 1_000 }).toBeGreaterThan(until);
  }

  test.each(formats)("of-%s-is-heard-in-one-piece", async (format) => {
    const station = await icecast(8);
    await broadcastFor(10, station, format);
    const ear = listen(station.port);
    await ear.heard(20);
    expect(stretches(ear)).toHaveLength(1);
    expect(ear.dryBlocks).toBe(0);
    expect(ear.source.live?.reconnects).toBe(0);
  });

  test.each(["mp3", "aac"] as const)(
    "of-%s-with-a-burst-of-50-s-bridges-a-loss-of-30-s, and-not-a-sample-is-lost-or-heard-twice",
    async (format) => {
      const station = await icecast(50);
      await broadcastFor(55, station, format);
      const cable = await startTcpProxy(station.port);
      onTestFinished(cable.close);
      const ear = listen(cable.port);
      await ear.heard(4);
      cable.silence();
      await passes(ear, 30);
      cable.restore();
      await ear.heard(60);
      expect(stretches(ear)).toHaveLength(1);
      expect(ear.dryBlocks).toBe(0);
      expect(ear.source.live?.reconnects).toBeGreaterThan(0);
    },
  );

  test("a-connection-that-is-cut-again-and-again-is-not-heard, as-long-as-the-burst-is-longer", async () => {
    const station = await icecast(20);
    await broadcastFor(22, station, "mp3");
    const cable = await startTcpProxy(station.port);
    onTestFinished(cable.close);
    const ear = listen(cable.port);
    for (let cut = 0; cut < 4; cut += 1) {
      await passes(ear, 6);
      cable.cut();
    }
    await ear.heard(35);
    expect(stretches(ear)).toHaveLength(1);
    expect(ear.dryBlocks).toBe(0);
  });

  test("without-a-burst-a-loss-is-a-gap, and-what-comes-after-it-is-heard", async () => {
    const station = await icecast(0);
    await broadcastFor(2, station, "mp3");
    const cable = await startTcpProxy(station.port);
    onTestFinished(cable.close);
    const ear = listen(cable.port);
    await ear.heard(8);
    cable.silence();
    await passes(ear, 10);
    expect(ear.source.live?.isLost).toBe(true);
    cable.restore();
    await expect.poll(() => ear.source.live?.isLost, { timeout: 10_000 }).toBe(false);
    await passes(ear, 10);
    const heard = stretches(ear);
    const lost = heard.slice(1).map((one, index) => one.fromSample - (heard[index]?.toSample ?? 0));
    expect(Math.max(...lost)).toBeGreaterThan(9 * 48_000);
  });
});
