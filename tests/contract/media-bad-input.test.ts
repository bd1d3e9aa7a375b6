import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type AudioFormat, encode, ffmpeg, tone, writeWav } from "../golden-ear/make-audio.ts";
import {
  brokenSecond,
  claimingWav,
  clipOf,
  ffmpegPath,
  ffmpegThat,
  file,
  ingest,
  newMedia,
  refusal,
} from "../support/media-bench.ts";
import { systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder, testFolder } from "../support/temp-folder.ts";

const LIMIT_MS = 60_000;

const isOfNpm = ffmpegPath.includes("@ffmpeg-installer");

describe.skipIf(systemPart("ffmpeg") === null)("media ingest refuses", () => {
  let folder: TemporaryFolder;
  let wav: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    wav = join(folder.path, "tone.wav");
    writeWav(wav, tone(5_000, 997, 0.1));
    return folder.remove;
  });

  test("an empty file", async () => {
    expect(await ingest(await file("a.mp3", ""))).toMatchObject(refusal("empty"));
  });

  test("more than 200 MiB, before reading them", async () => {
    for (const sizeBytes of [210_000_000, 10_000_000_000]) {
      const answer = await ingest("/nonexistent/large.wav", {}, { sizeBytes });
      expect(answer).toMatchObject(refusal("too-large"));
    }
  });

  test(
    "a picture named mp3, a page, noise and playlists of another file and of themselves",
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
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsong.mp3\n#EXTINF:1,\nsong.mp3\n",
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
      const second = brokenSecond(answer);
      // The index of an m4a stands at its end: without it nothing can be decoded.
      if (format === "m4a") expect(second).toBe(0);
      else expect(Math.abs(second - 2.5)).toBeLessThan(1.1);
    },
  );

  // A decoder meets such a place, complains, and goes on behind it: people would hear a hole.
  test.for(["mp3", "m4a", "aac", "opus", "flac"] as const satisfies readonly AudioFormat[])(
    "a %s that is damaged in the middle, with the second",
    { timeout: LIMIT_MS },
    async (format, { skip }) => {
      skip(format === "opus" && isOfNpm, "the build of 2018 does not look at the checksums of Ogg");
      const bytes = readFileSync(await encode(ffmpegPath, wav, format));
      const damages: Record<string, Buffer> = {
        zeros: Buffer.alloc(1_500),
        html: Buffer.from("<html><title>502 Bad Gateway</title></html>".repeat(40)).subarray(0, 1_500),
      };
      for (const [name, damage] of Object.entries(damages)) {
        const damaged = Buffer.from(bytes);
        damage.copy(damaged, Math.floor(bytes.length / 2));
        const answer = await ingest(await file(`${name}.${format}`, damaged));
        expect.soft(answer, name).toMatchObject({ ok: false, error: { detail: { kind: "broke-at" } } });
        expect.soft(Math.abs(brokenSecond(answer) - 2.5), name).toBeLessThan(1.1);
      }
    },
  );

  test("what lost a piece in the middle, though both halves decode", async () => {
    const bytes = readFileSync(await encode(ffmpegPath, wav, "mp3"));
    const half = Math.floor(bytes.length / 2);
    const torn = Buffer.concat([bytes.subarray(0, half), bytes.subarray(half + 3_000)]);
    const answer = await ingest(await file("torn.mp3", torn));
    expect(answer).toMatchObject(refusal("damaged"));
    expect(Math.abs(brokenSecond(answer) - 2.5)).toBeLessThan(0.2);
  });

  test("nothing for a frayed edge: a recording that begins in the middle of a frame", async () => {
    const bytes = readFileSync(await encode(ffmpegPath, wav, "mp3"));
    const clip = await clipOf(await file("radio.mp3", bytes.subarray(5_001)));
    expect(clip.durationMs).toBeGreaterThan(4_500);
  });

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

  test("everything while the machine starts no process for it, and lives on", async () => {
    // Where there are no handles or no memory left it is the same: `nice`, which all runs begin with, does not start.
    vi.stubEnv("PATH", "/nonexistent");
    const answer = await ingest(wav).finally(() => vi.unstubAllEnvs());
    expect(answer).toMatchObject(refusal("busy"));
    expect((await ingest(wav)).ok).toBe(true);
  });

  test("everything while the disk is full", async () => {
    expect(await ingest(wav, { freeBytes: async () => 1_000 })).toMatchObject(refusal("disk-full"));
  });

  test("what takes longer than its time, and kills what took it", async () => {
    const slow = await ffmpegThat("exec sleep 60");
    expect(await ingest(wav, { ffmpegPath: slow, timeLimitMs: () => 200 })).toMatchObject(refusal("timeout"));
  });

  test("a decoder that never comes to an end, and leaves no process behind", async () => {
    const pidFile = join(await testFolder(), "pid");
    // It goes on writing, as ffmpeg does over a file whose end leads to its beginning.
    const script = `echo $$ > '${pidFile}'; while :; do echo "size= 1kB time=00:00:01.00" >&2; done`;
    const endless = await ffmpegThat(script);
    const answer = await ingest(wav, { ffmpegPath: endless, timeLimitMs: () => 300 });
    expect(answer).toMatchObject(refusal("timeout"));
    const pid = Number(readFileSync(pidFile, "utf8"));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test("what fills the disk on the way", async () => {
    const frame = "[Parsed_ashowinfo_0 @ 0x1] n:0 channels:1 chlayout:mono rate:48000 nb_samples:1024";
    const script = `case "$*" in *ashowinfo*) echo "${frame}" >&2; exit 0;; esac
        echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1`;
    expect(await ingest(wav, { ffmpegPath: await ffmpegThat(script) })).toMatchObject(refusal("disk-full"));
  });

  test("everything after its end, and leaves nothing running", async () => {
    const media = await newMedia({ ffmpegPath: await ffmpegThat("exec sleep 60") });
    const input = { path: wav, sizeBytes: statSync(wav).size, fileName: "upload" };
    const answers = Promise.all([media.ingest(input), media.ingest(input)]);
    await media.close();
    for (const answer of await answers) expect(answer).toMatchObject(refusal("timeout"));
  });

  test("no short file because of a long one that has not come to its end", async () => {
    const script = `case "$*" in *long.wav*) exec sleep 60;; esac; exec '${ffmpegPath}' "$@"`;
    const media = await newMedia({ ffmpegPath: await ffmpegThat(script) });
    const path = join(await testFolder(), "long.wav");
    const long = media.ingest({ path, sizeBytes: 100_000_000, fileName: "long.wav" });
    const short = await media.ingest({ path: wav, sizeBytes: statSync(wav).size, fileName: "warning.wav" });
    expect(short.ok).toBe(true);
    await media.close();
    expect(await long).toMatchObject(refusal("timeout"));
  });

  test("what does not fit into the queue, and does the rest one after the other", async () => {
    const media = await newMedia({ ffmpegPath: "/nonexistent/ffmpeg" });
    const input = { path: wav, sizeBytes: statSync(wav).size, fileName: "upload" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => media.ingest(input)));
    const reasons = answers.map((answer) => (answer.ok ? "ok" : answer.error.reason));
    expect(reasons.filter((reason) => reason === "busy")).toHaveLength(3);
    expect(reasons.filter((reason) => reason === "tool-missing")).toHaveLength(17);
    expect(await media.ingest(input)).toMatchObject(refusal("tool-missing"));
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
