import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { rmsDb } from "../golden-ear/level.ts";
import { type AudioFormat, encode, ffmpeg, tone, writeWav } from "../golden-ear/make-audio.ts";
import { fromWav } from "../golden-ear/recording.ts";
import { claimingWav, clipOf, ffmpegPath } from "../support/media-bench.ts";
import { systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder, testFolder } from "../support/temp-folder.ts";

const part = systemPart("ffmpeg");

const LIMIT_MS = 60_000;

/** EBU R128 loudness of a file played with a gain, as ffmpeg hears it. */
async function loudnessPlayed(path: string, gainDb: number): Promise<number> {
  const played = `${path}.played.wav`;
  await ffmpeg(ffmpegPath, ["-i", path, "-af", `volume=${gainDb}dB`, "-c:a", "pcm_f32le", played]);
  const again = await clipOf(played);
  return again.loudnessLufs;
}

describe.skipIf(part === null)("media ingest", () => {
  let folder: TemporaryFolder;
  let wav: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    wav = join(folder.path, "tone.wav");
    // A 997 Hz sine of −20 dBFS peak in mono is −23 LUFS (EBU Tech 3341).
    writeWav(wav, tone(5_000, 997, 0.1));
    return folder.remove;
  });

  test("a clip is mono mp3 of 48 kHz, named by its bytes, with a gain to −16 LUFS", async () => {
    const clip = await clipOf(wav);
    const bytes = readFileSync(clip.path);
    expect(clip).toMatchObject({
      sizeBytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      sourceSha256: createHash("sha256").update(readFileSync(wav)).digest("hex"),
      targetLufs: -16,
    });
    expect(clip.loudnessLufs).toBeCloseTo(-23, 0);
    expect(clip.truePeakDb).toBeCloseTo(-20, 0);
    expect(clip.gainDb).toBeCloseTo(-16 - clip.loudnessLufs, 5);
    // 64 kbit/s are 8 bytes a millisecond.
    expect(clip.sizeBytes).toBeLessThan(5_300 * 8);
    expect(clip.waveform).toHaveLength(400);
    expect(Math.max(...clip.waveform)).toBeCloseTo(0.1, 1);
  });

  test.each(["mp3", "m4a", "aac", "opus", "flac", "wav"] as const satisfies readonly AudioFormat[])(
    "takes %s, and its length is the source's to one frame of mp3",
    async (format) => {
      const source = format === "wav" ? wav : await encode(ffmpegPath, wav, format);
      const decoded = join(await testFolder(), "decoded.wav");
      await ffmpeg(ffmpegPath, ["-i", source, "-ac", "1", "-ar", "48000", decoded]);
      const sourceFrames = fromWav(readFileSync(decoded), 0).samples.length;
      const clip = await clipOf(source);
      // 1,152 samples are a frame.
      expect(Math.abs(clip.durationMs * 48 - sourceFrames)).toBeLessThanOrEqual(1_152);
      const box = join(await testFolder(), "box.wav");
      await ffmpeg(ffmpegPath, ["-i", clip.path, "-ac", "1", "-ar", "48000", box]);
      expect(clip.durationMs).toBe(Math.ceil(fromWav(readFileSync(box), 0).samples.length / 48));
    },
  );

  test(
    "a quiet recording played with its gain is at the target within 0.5 LU",
    async () => {
      const quiet = join(await testFolder(), "quiet.wav");
      const source = "anoisesrc=d=8:c=pink:a=0.05:seed=7,highpass=f=200,lowpass=f=4000";
      await ffmpeg(ffmpegPath, ["-f", "lavfi", "-i", source, "-ar", "44100", "-ac", "2", quiet]);
      const measured = await clipOf(quiet);
      const at30 = join(await testFolder(), "at30.wav");
      await ffmpeg(ffmpegPath, ["-i", quiet, "-af", `volume=${-30 - measured.loudnessLufs}dB`, at30]);
      const clip = await clipOf(at30);
      expect(clip.loudnessLufs).toBeCloseTo(-30, 0);
      expect(clip.truePeakDb + clip.gainDb).toBeLessThanOrEqual(-1);
      const limited = -1 - clip.truePeakDb < -16 - clip.loudnessLufs;
      expect(limited).toBe(false);
      expect(Math.abs((await loudnessPlayed(clip.path, clip.gainDb)) - -16)).toBeLessThan(0.5);
    },
    LIMIT_MS,
  );

  test("a loud and spiky recording is turned up only as far as its true peak allows", async () => {
    const spiky = join(await testFolder(), "spiky.wav");
    const samples = tone(4_000, 500, 0.02);
    samples.fill(0.9, 96_000, 96_048);
    writeWav(spiky, samples);
    const clip = await clipOf(spiky, {}, { targetLufs: -14 });
    expect(clip.targetLufs).toBe(-14);
    expect(clip.gainDb).toBeLessThan(1);
    expect(clip.truePeakDb + clip.gainDb).toBeCloseTo(-1, 1);
  });

  test("a whisper is turned up by 24 dB and no more", async () => {
    const whisper = join(await testFolder(), "whisper.wav");
    writeWav(whisper, tone(2_000, 997, 0.0035));
    const clip = await clipOf(whisper);
    expect(clip.loudnessLufs).toBeLessThan(-50);
    expect(clip.gainDb).toBe(24);
  });

  test("loud stereo does not clip on its way to mono", async () => {
    const loud = join(await testFolder(), "loud.wav");
    await ffmpeg(ffmpegPath, ["-f", "lavfi", "-i", "sine=440:d=2", "-af", "volume=17.9dB", "-ac", "2", loud]);
    const clip = await clipOf(loud);
    const box = join(await testFolder(), "box.wav");
    await ffmpeg(ffmpegPath, ["-i", clip.path, box]);
    const heard = fromWav(readFileSync(box), 0);
    expect(rmsDb(heard)).toBeLessThan(-2.9);
  });

  test("a bell shorter than a block of R128 is a clip, with a gain of its own", async () => {
    const bell = join(await testFolder(), "bell.wav");
    writeWav(bell, tone(250, 1_000, 0.1));
    const clip = await clipOf(bell);
    expect(clip.gainDb).toBeGreaterThan(4);
    expect(clip.gainDb).toBeLessThan(10);
    expect(clip.durationMs).toBeCloseTo(250, 0);
  });

  test("a video with sound is taken for its sound, and a WAV from a pipe for what it holds", async () => {
    const folder = await testFolder();
    const video = join(folder, "video.mp4");
    const picture = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=5:d=1"];
    await ffmpeg(ffmpegPath, [...picture, "-i", wav, "-c:v", "mjpeg", "-c:a", "aac", "-t", "1", video]);
    expect((await clipOf(video)).durationMs).toBeCloseTo(1_000, -2);
    const piped = join(folder, "piped.wav");
    writeFileSync(piped, claimingWav({ dataBytes: 0xffff_ffff, frames: 48_000 }));
    expect((await clipOf(piped)).durationMs).toBeCloseTo(1_000, -1);
  });
});
