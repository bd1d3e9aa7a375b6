import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { describe, expect, test } from "vitest";
import { findChirp } from "../golden-ear/find-chirp.ts";
import { gaps, soundingStretch } from "../golden-ear/gaps.ts";
import { toneDb } from "../golden-ear/goertzel.ts";
import { createLoudspeaker, type Loudspeaker } from "../golden-ear/loudspeaker.ts";
import {
  type AudioFormat,
  encode,
  ffmpeg,
  leadInMs,
  tone,
  withChirps,
  writeWav,
} from "../golden-ear/make-audio.ts";
import { slice } from "../golden-ear/recording.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const part = systemPart("ffmpeg");
const ffmpegPath = part?.path ?? "";
const formats = ["mp3", "m4a", "aac", "opus", "flac", "wav"] as const satisfies readonly AudioFormat[];

/** Time for six decoders to start on two busy cores. */
const FIRST_START_MS = 4_000;

async function made(name: string, format: AudioFormat, samples: Float64Array): Promise<string> {
  const folder = join(await testFolder(), name);
  mkdirSync(folder);
  const wav = join(folder, "source.wav");
  writeWav(wav, samples);
  return encode(ffmpegPath, wav, format);
}

/** The ear computes in the engine's own thread, so it listens only when nothing plays any more. */
async function allOver(speaker: Loudspeaker): Promise<void> {
  await Promise.all(formats.map((format) => speaker.over(format)));
}

describe.skipIf(part === null)("a loudspeaker", () => {
  test("a-clip-starts-within-20-ms-of-its-time, in each of the formats", async () => {
    const speaker = createLoudspeaker(ffmpegPath);
    const plays = await Promise.all(
      formats.map(async (format, index) => {
        const clip = speaker.clip(await made(format, format, withChirps(450, [100])));
        const how = { startInMs: FIRST_START_MS + index * 600 };
        return { format, ...speaker.play(format, { kind: "clip", sha256: clip }, how) };
      }),
    );
    await allOver(speaker);
    const heard = speaker.recording();
    for (const { format, startAt } of plays) {
      const ended = await speaker.report("ended", format);
      const chirp = findChirp(slice(heard, startAt - 20, startAt + 580));
      const started = await speaker.report("started", format);
      expect.soft(Math.abs((chirp?.at ?? 0) - leadInMs[format] - (startAt + 100)), format).toBeLessThan(20);
      expect.soft(Math.abs(started.at - startAt), format).toBeLessThan(20);
      expect.soft(chirp?.likeness, format).toBeGreaterThan(0.97);
      expect.soft(chirp?.amplitude, format).toBeCloseTo(0.5, 1);
      // Nothing is heard before.
      expect.soft(soundingStretch(slice(heard, startAt - 20, startAt), -60), format).toBeNull();
      expect.soft(Math.abs(ended.playedMs - leadInMs[format] - 450), format).toBeLessThan(60);
    }
  });

  test("an-offset-of-3-s-skips-3-s, in each of the formats", async () => {
    const speaker = createLoudspeaker(ffmpegPath);
    const plays = await Promise.all(
      formats.map(async (format, index) => {
        const clip = speaker.clip(await made(format, format, withChirps(3_450, [1_000, 3_100])));
        const how = { startInMs: FIRST_START_MS + index * 600, offsetMs: 3_000 };
        return { format, ...speaker.play(format, { kind: "clip", sha256: clip }, how) };
      }),
    );
    await allOver(speaker);
    const heard = speaker.recording();
    for (const { format, startAt } of plays) {
      const ended = await speaker.report("ended", format);
      const chirp = findChirp(slice(heard, startAt - 20, startAt + 580));
      expect.soft(Math.abs((chirp?.at ?? 0) - leadInMs[format] - (startAt + 100)), format).toBeLessThan(20);
      expect.soft(Math.abs(ended.playedMs - leadInMs[format] - 450), format).toBeLessThan(60);
    }
  });

  test("a-stop-fades-and-reports-ended", async () => {
    const path = await made("tone", "mp3", tone(5_000, 1_000, 0.5));
    const speaker = createLoudspeaker(ffmpegPath);
    speaker.play("a", { kind: "clip", sha256: speaker.clip(path) }, { gainDb: -6 });
    const level = await speaker.report("level");
    speaker.stop("a", 300);
    const ended = await speaker.report("ended", "a");

    const heard = speaker.recording();
    expect(toneDb(slice(heard, ended.at - 800, ended.at - 350), 1_000)).toBeCloseTo(-12, 0);
    // Half-way down the linear ramp is 6 dB less.
    expect(toneDb(slice(heard, ended.at - 160, ended.at - 140), 1_000)).toBeCloseTo(-18, 0);
    expect(soundingStretch(slice(heard, ended.at, ended.at + 1_000), -60)).toBeNull();
    expect(gaps(slice(heard, ended.at - 800, ended.at - 350), -40, 3)).toEqual([]);
    expect(level.rmsDb).toBeCloseTo(-15, 0);
    expect(level.peakDb).toBeCloseTo(-12, 0);
    expect(ended.rmsDb).toBeLessThan(-14);
    expect(ended.rmsDb).toBeGreaterThan(-18);
    const started = await speaker.report("started", "a");
    expect(ended.playedMs).toBeCloseTo(ended.at - started.at, 0);
  });

  test("a-resumed-clip-goes-on-where-it-stopped", async () => {
    const path = await made("resumed", "mp3", withChirps(3_000, [300, 2_200]));
    const speaker = createLoudspeaker(ffmpegPath);
    const clip = { kind: "clip", sha256: speaker.clip(path) } as const;
    speaker.play("before", clip);
    await speaker.report("level");
    speaker.stop("before", 50);
    const { playedMs } = await speaker.report("ended", "before");
    const { startAt } = speaker.play("after", clip, {
      startInMs: FIRST_START_MS,
      offsetMs: playedMs,
      fadeInMs: 50,
    });
    await speaker.report("ended", "after");
    const chirp = findChirp(slice(speaker.recording(), startAt, startAt + 3_000));
    // The offset is passed on in whole milliseconds.
    expect(Math.abs((chirp?.at ?? 0) - (startAt + 2_200 - playedMs))).toBeLessThan(1);
  });

  test("a-paused-clip-goes-on-with-the-very-next-sample, in each of the formats", async () => {
    const clips = formats.map((format) => made(format, format, withChirps(2_500, [150, 2_200])));
    const paths = await Promise.all(clips);
    const plays = await Promise.all(
      formats.map(async (format, index) => {
        const speaker = createLoudspeaker(ffmpegPath);
        speaker.play("a", { kind: "clip", sha256: speaker.clip(paths[index] ?? "") });
        const started = await speaker.report("started", "a");
        speaker.pause("a", 30);
        const paused = await speaker.report("paused", "a");
        speaker.resume("a", 30);
        const resumed = await speaker.report("resumed", "a");
        const ended = await speaker.report("ended", "a");
        return { format, speaker, started, ended, stoodMs: resumed.at - paused.at };
      }),
    );
    for (const { format, speaker, started, ended, stoodMs } of plays) {
      // Heard in all: the clip and the pause, and not a sample more.
      const overMs = ended.at - started.at - ended.playedMs - stoodMs;
      expect.soft(Math.abs(overMs), format).toBeLessThan(0.05);
      expect.soft(Math.abs(ended.playedMs - leadInMs[format] - 2_500), format).toBeLessThan(60);
      const due = started.at + leadInMs[format] + 2_200 + stoodMs;
      const chirp = findChirp(slice(speaker.recording(), due - 100, due + 280));
      expect.soft(Math.abs((chirp?.at ?? 0) - due), format).toBeLessThan(0.5);
    }
  });

  test("clips-join-within-a-millisecond, in each of the formats", async () => {
    const joined = ["mp3", "opus", "flac", "wav"] as const;
    const names = ["a", "b", "c"];
    const paths = await Promise.all(
      joined.map((format) =>
        Promise.all(names.map((name) => made(`${format}-${name}`, format, withChirps(700, [80, 500])))),
      ),
    );
    const plays = await Promise.all(
      joined.map(async (format, which) => {
        const speaker = createLoudspeaker(ffmpegPath);
        for (const [index, path] of (paths[which] ?? []).entries()) {
          const after = index === 0 ? null : String(index - 1);
          const source = { kind: "clip", sha256: speaker.clip(path) } as const;
          speaker.play(String(index), source, { startInMs: FIRST_START_MS, after });
        }
        await speaker.over("2");
        return { format, speaker };
      }),
    );
    for (const { format, speaker } of plays) {
      const first = (await speaker.report("started", "0")).at;
      for (let index = 0; index < 6; index += 1) {
        const at = first + Math.floor(index / 2) * 700 + (index % 2 === 0 ? 80 : 500);
        const chirp = findChirp(slice(speaker.recording(), at - 40, at + 200));
        expect.soft(Math.abs((chirp?.at ?? 0) - at), `${format}, chirp ${index}`).toBeLessThan(1);
      }
    }
  });

  test("between-chime-and-speech-lie-less-than-5-ms", async () => {
    const speaker = createLoudspeaker(ffmpegPath);
    const speech = speaker.clip(await made("speech", "opus", tone(1_000, 400, 0.3)));
    speaker.play("chime", { kind: "chime" }, { startInMs: 300 });
    speaker.play("speech", { kind: "clip", sha256: speech }, { startInMs: 2_700, after: "chime" });
    await speaker.over("speech");
    const { at } = await speaker.report("started", "speech");
    expect(gaps(slice(speaker.recording(), at - 100, at + 100), -60, 5)).toEqual([]);
    expect(toneDb(slice(speaker.recording(), at + 50, at + 900), 400)).toBeCloseTo(-10.5, 0);
  });

  test("a-stop-before-the-start-is-silence", async () => {
    const path = await made("early", "mp3", tone(1_000, 1_000, 0.5));
    const speaker = createLoudspeaker(ffmpegPath);
    speaker.play("a", { kind: "clip", sha256: speaker.clip(path) }, { startInMs: 500 });
    speaker.stop("a", 100);
    expect(await speaker.report("ended", "a")).toMatchObject({ playedMs: 0 });
    expect(speaker.reports.some(({ kind }) => kind === "started")).toBe(false);
  });

  test("a-clip-is-heard-to-its-last-sample", async () => {
    const path = await made("whole", "mp3", tone(1_500, 800, 0.5));
    const speaker = createLoudspeaker(ffmpegPath);
    const { startAt } = speaker.play(
      "a",
      { kind: "clip", sha256: speaker.clip(path) },
      { startInMs: FIRST_START_MS },
    );
    const ended = await speaker.report("ended", "a");
    expect(ended.playedMs).toBeCloseTo(1_500, 0);
    expect(ended.at).toBeCloseTo(startAt + 1_500, 0);
    const stretch = soundingStretch(speaker.recording(), -40);
    expect(stretch?.fromAt).toBeCloseTo(startAt, -1);
    expect(stretch?.toAt).toBeCloseTo(startAt + 1_500, -1);
  });

  test("a-missing-clip-fails-and-plays-nothing", async () => {
    const speaker = createLoudspeaker(ffmpegPath);
    const unknown = sha256.parse("0".repeat(64));
    speaker.play("unknown", { kind: "clip", sha256: unknown });
    speaker.play("gone", { kind: "clip", sha256: speaker.clip("/nonexistent/clip.mp3") });
    expect(await speaker.over("unknown")).toMatchObject({
      kind: "failed",
      reason: "clip-missing",
      playedMs: 0,
    });
    expect(await speaker.over("gone")).toMatchObject({ kind: "failed", reason: "clip-missing", playedMs: 0 });
    expect(soundingStretch(speaker.recording(), -100)).toBeNull();
  });

  test("a-picture-named-mp3-is-not-audio", async () => {
    const folder = await testFolder();
    const picture = join(folder, "picture.jpg");
    await ffmpeg(ffmpegPath, ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=1", "-frames:v", "1", picture]);
    const named = join(folder, "picture.mp3");
    writeFileSync(named, readFileSync(picture));
    const empty = join(folder, "empty.mp3");
    writeFileSync(empty, "");
    const text = join(folder, "page.mp3");
    writeFileSync(text, "<!doctype html><title>404</title>".repeat(100));
    const speaker = createLoudspeaker(ffmpegPath);
    for (const path of [named, empty, text]) {
      speaker.play(path, { kind: "clip", sha256: speaker.clip(path) });
      expect(await speaker.over(path)).toMatchObject({ kind: "failed", reason: "not-audio", playedMs: 0 });
    }
    expect(soundingStretch(speaker.recording(), -100)).toBeNull();
  });

  test("a-playlist-that-points-elsewhere-is-not-followed", async () => {
    const folder = await testFolder();
    const wav = join(folder, "secret.wav");
    writeWav(wav, tone(500, 1_000, 0.5));
    const hls = join(folder, "list.mp3");
    writeFileSync(hls, `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${wav}\n#EXT-X-ENDLIST\n`);
    const concat = join(folder, "concat.mp3");
    writeFileSync(concat, `ffconcat version 1.0\nfile ${wav}\n`);
    const speaker = createLoudspeaker(ffmpegPath);
    for (const path of [hls, concat]) {
      speaker.play(path, { kind: "clip", sha256: speaker.clip(path) });
      expect(await speaker.over(path)).toMatchObject({ kind: "failed", reason: "not-audio" });
    }
  });

  test("a-truncated-file-says-truncated, in each of the formats", async () => {
    const speaker = createLoudspeaker(ffmpegPath);
    await Promise.all(
      formats.map(async (format) => {
        const path = await made(format, format, tone(4_000, 1_000, 0.1));
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.subarray(0, Math.round(bytes.length * 0.4) + 1));
        speaker.play(format, { kind: "clip", sha256: speaker.clip(path) });
        const over = await speaker.over(format);
        expect.soft(over, format).toMatchObject({ kind: "failed", reason: "truncated" });
        expect.soft(over.playedMs, format).toBeLessThan(2_000);
      }),
    );
  });

  test("two-sounds-at-once-are-added-and-limited", async () => {
    const path = await made("loud", "wav", tone(1_000, 500, 0.9));
    const speaker = createLoudspeaker(ffmpegPath);
    const clip = speaker.clip(path);
    speaker.play("a", { kind: "clip", sha256: clip }, { startInMs: FIRST_START_MS });
    const { startAt } = speaker.play(
      "b",
      { kind: "tone", frequencyHz: 1_000, durationMs: 1_000 },
      { startInMs: FIRST_START_MS, gainDb: -3 },
    );
    await speaker.report("ended", "b");
    const both = slice(speaker.recording(), startAt + 200, startAt + 900);
    expect(toneDb(both, 500)).toBeGreaterThan(-7);
    expect(toneDb(both, 1_000)).toBeGreaterThan(-9);
    for (const report of speaker.reports) {
      if (report.kind === "level") expect(report.peakDb).toBeLessThanOrEqual(-0.29);
    }
  });
});
