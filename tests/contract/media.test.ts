import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMedia, type MediaOptions } from "@loa/controller/media/create-media.ts";
import type { IngestedClip, IngestRefusal } from "@loa/controller/media/media-port.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { rmsDb } from "../golden-ear/level.ts";
import { type AudioFormat, encode, ffmpeg, tone, writeWav } from "../golden-ear/make-audio.ts";
import { fromWav } from "../golden-ear/recording.ts";
import { systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder, testFolder } from "../support/temp-folder.ts";

const part = systemPart("ffmpeg");
const ffmpegPath = part?.path ?? "";

const LIMIT_MS = 60_000;

async function ingest(
  path: string,
  options: Partial<MediaOptions> = {},
  sizeBytes = statSync(path).size,
): Promise<Result<IngestedClip, IngestRefusal>> {
  const workFolder = await testFolder();
  const media = createMedia({
    ffmpegPath,
    workFolder,
    log: { info() {}, warn() {}, error() {} },
    ...options,
  });
  const answer = await media.ingest({ path, sizeBytes, fileName: "upload" });
  // A refusal leaves nothing behind.
  if (!answer.ok) expect(readdirSync(workFolder)).toEqual([]);
  return answer;
}

async function clipOf(
  path: string,
  options: Partial<MediaOptions> = {},
): Promise<IngestedClip & { readonly path: string }> {
  const answer = await ingest(path, options);
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
  const [base] = answer.value.renditions;
  if (base === undefined) throw new Error("a clip without a file");
  return { ...answer.value, path: base.path };
}

/** EBU R128 loudness of a file played with a gain, as ffmpeg hears it. */
async function loudnessPlayed(path: string, gainDb: number): Promise<number> {
  const played = `${path}.played.wav`;
  await ffmpeg(ffmpegPath, ["-i", path, "-af", `volume=${gainDb}dB`, "-c:a", "pcm_f32le", played]);
  const again = await clipOf(played);
  return again.loudnessLufs;
}

/** A WAV header that claims what it likes, in front of `frames` quiet frames. */
function claimingWav(claim: {
  channels?: number;
  rateHz?: number;
  dataBytes?: number;
  frames?: number;
}): Buffer {
  const { channels = 1, rateHz = 48_000, frames = 4_800 } = claim;
  const data = Buffer.alloc(frames * channels * 2, 0x10);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(Math.min(0xffff_ffff, 36 + (claim.dataBytes ?? data.length)), 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(claim.dataBytes ?? data.length, 40);
  return Buffer.concat([head, data]);
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
    const clip = await clipOf(spiky, { targetLufs: -14 });
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

  describe("refuses", () => {
    async function file(name: string, bytes: Uint8Array | string): Promise<string> {
      const path = join(await testFolder(), name);
      writeFileSync(path, bytes);
      return path;
    }
    const refusal = (reason: string) => ({ ok: false, error: { reason } });

    test("an empty file", async () => {
      expect(await ingest(await file("a.mp3", ""))).toMatchObject(refusal("empty"));
    });

    test("more than 200 MiB, before reading them", async () => {
      const answer = await ingest("/nonexistent/large.wav", {}, 210_000_000);
      expect(answer).toMatchObject(refusal("too-large"));
    });

    test(
      "a picture named mp3, a page, noise and a playlist that points elsewhere",
      async () => {
        const picture = join(await testFolder(), "picture.jpg");
        await ffmpeg(ffmpegPath, [
          "-f",
          "lavfi",
          "-i",
          "testsrc=size=160x120:rate=1",
          "-frames:v",
          "1",
          picture,
        ]);
        const others = [
          readFileSync(picture),
          "<!doctype html><title>404</title>".repeat(100),
          Uint8Array.from({ length: 20_000 }, (_, index) => (index * 7_919 + (index >> 3) * 104_729) & 0xff),
          `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${wav}\n#EXT-X-ENDLIST\n`,
          `ffconcat version 1.0\nfile ${wav}\n`,
        ];
        for (const bytes of others) {
          expect.soft(await ingest(await file("song.mp3", bytes))).toMatchObject(refusal("not-audio"));
        }
      },
      LIMIT_MS,
    );

    test("a video without sound", async () => {
      const video = join(await testFolder(), "video.mkv");
      await ffmpeg(ffmpegPath, [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=160x120:rate=5:d=1",
        "-c:v",
        "mjpeg",
        video,
      ]);
      expect(await ingest(video)).toMatchObject(refusal("not-audio"));
    });

    test.each(["mp3", "m4a", "aac", "opus", "flac", "wav"] as const satisfies readonly AudioFormat[])(
      "a %s that was cut, with the second where it broke",
      async (format) => {
        const source = format === "wav" ? wav : await encode(ffmpegPath, wav, format);
        const bytes = readFileSync(source);
        const answer = await ingest(await file(`cut.${format}`, bytes.subarray(0, bytes.length * 0.5 + 1)));
        expect(answer).toMatchObject({
          ok: false,
          error: { reason: "truncated", detail: { kind: "broke-at" } },
        });
        const second =
          answer.ok || answer.error.detail?.kind !== "broke-at" ? -1 : answer.error.detail.second;
        // The index of an m4a stands at its end: without it nothing can be decoded.
        if (format === "m4a") expect(second).toBe(0);
        else expect(Math.abs(second - 2.5)).toBeLessThan(1.1);
      },
    );

    test("a WAV that declares 4 GB and has a tenth of a second", async () => {
      const path = await file("huge.wav", claimingWav({ dataBytes: 0xffff_ff00 }));
      expect(await ingest(path)).toMatchObject({
        ok: false,
        error: { reason: "truncated", detail: { kind: "broke-at", second: 0.1 } },
      });
    });

    test("digital silence, and hiss that no gain makes a message", async () => {
      const silent = join(await testFolder(), "silent.wav");
      writeWav(silent, new Float64Array(48_000));
      expect(await ingest(silent)).toMatchObject(refusal("no-sound"));
      const hiss = join(await testFolder(), "hiss.wav");
      writeWav(hiss, tone(1_000, 1_000, 0.0005));
      expect(await ingest(hiss)).toMatchObject(refusal("no-sound"));
    });

    test(
      "more than two hours, declared or not",
      async () => {
        const path = join(await testFolder(), "long.flac");
        await ffmpeg(ffmpegPath, ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "7300", path]);
        expect(await ingest(path)).toMatchObject({
          ok: false,
          error: { reason: "too-long", detail: { value: 7_300, limit: 7_200 } },
        });
      },
      LIMIT_MS,
    );

    test("255 channels, 16 channels, 1 Hz and 768 kHz", async () => {
      const cases = [
        ["too-many-channels", { channels: 255, frames: 480 }],
        ["too-many-channels", { channels: 16 }],
        ["bad-sample-rate", { rateHz: 1 }],
        ["bad-sample-rate", { rateHz: 768_000 }],
      ] as const;
      for (const [reason, claim] of cases) {
        expect.soft(await ingest(await file("odd.wav", claimingWav(claim)))).toMatchObject(refusal(reason));
      }
    });

    test("everything while there is no ffmpeg", async () => {
      expect(await ingest(wav, { ffmpegPath: null })).toMatchObject(refusal("tool-missing"));
      expect(await ingest(wav, { ffmpegPath: "/nonexistent/ffmpeg" })).toMatchObject(refusal("tool-missing"));
    });

    test("everything while the disk is full", async () => {
      expect(await ingest(wav, { freeBytes: async () => 1_000 })).toMatchObject(refusal("disk-full"));
    });

    /** The real program for questions about itself; for the work, what `script` (sh) does. */
    async function ffmpegThat(script: string): Promise<string> {
      const path = join(await testFolder(), "ffmpeg");
      const questions = `case "$*" in *-encoders*|*-formats*) exec '${ffmpegPath}' "$@";; esac`;
      writeFileSync(path, `#!/bin/sh\n${questions}\n${script}\n`);
      chmodSync(path, 0o755);
      return path;
    }

    test("what takes longer than its time, and kills what took it", async () => {
      const slow = await ffmpegThat("exec sleep 60");
      expect(await ingest(wav, { ffmpegPath: slow, timeLimitMs: () => 200 })).toMatchObject(
        refusal("timeout"),
      );
    });

    test("what fills the disk on the way", async () => {
      const frame = "[Parsed_ashowinfo_0 @ 0x1] n:0 channels:1 chlayout:mono rate:48000 nb_samples:1024";
      const script = `case "$*" in *ashowinfo*) echo "${frame}" >&2; exit 0;; esac
        echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1`;
      expect(await ingest(wav, { ffmpegPath: await ffmpegThat(script) })).toMatchObject(refusal("disk-full"));
    });

    test("everything after its end, and leaves nothing running", async () => {
      const media = createMedia({
        ffmpegPath: await ffmpegThat("exec sleep 60"),
        workFolder: await testFolder(),
        log: { info() {}, warn() {}, error() {} },
      });
      const input = { path: wav, sizeBytes: statSync(wav).size, fileName: "upload" };
      const answers = Promise.all([media.ingest(input), media.ingest(input)]);
      await media.close();
      for (const answer of await answers) expect(answer).toMatchObject(refusal("timeout"));
    });

    test("what does not fit into the queue, and does the rest one after the other", async () => {
      const workFolder = await testFolder();
      const log = { info() {}, warn() {}, error() {} };
      const media = createMedia({ ffmpegPath: "/nonexistent/ffmpeg", workFolder, log });
      const input = { path: wav, sizeBytes: statSync(wav).size, fileName: "upload" };
      const answers = await Promise.all(Array.from({ length: 20 }, () => media.ingest(input)));
      const reasons = answers.map((answer) => (answer.ok ? "ok" : answer.error.reason));
      expect(reasons.filter((reason) => reason === "busy")).toHaveLength(3);
      expect(reasons.filter((reason) => reason === "tool-missing")).toHaveLength(17);
      expect(await media.ingest(input)).toMatchObject(refusal("tool-missing"));
    });
  });
});
