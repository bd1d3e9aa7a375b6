import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { startDecoder } from "@loa/edge-agent/sound/decoder.ts";
import type { PcmSource } from "@loa/edge-agent/sound/pcm-source.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { ffmpegChildren } from "../support/ffmpeg-children.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const part = systemPart("ffmpeg");
const ffmpegPath = part?.path ?? "";

type Bulletin = "mp3" | "opus" | "flac" | "wav";
const encoders = {
  mp3: ["-c:a", "libmp3lame", "-q:a", "4"],
  opus: ["-c:a", "libopus", "-b:a", "48k"],
  flac: ["-c:a", "flac"],
  wav: ["-c:a", "pcm_s16le"],
} as const satisfies Record<Bulletin, readonly string[]>;

/** Noise that never repeats: a sample that is lost or heard twice shows. */
async function bulletin(format: Bulletin, seconds: number): Promise<string> {
  const path = join(await testFolder(), `clip.${format}`);
  const noise = `anoisesrc=r=48000:c=pink:a=0.3:seed=7:d=${seconds}`;
  run(["-f", "lavfi", "-i", noise, "-ac", "1", ...encoders[format], path]);
  return path;
}

function run(words: readonly string[]): Buffer {
  const done = spawnSync(ffmpegPath, ["-v", "error", "-nostdin", ...words], { maxBuffer: 1 << 28 });
  return done.stdout;
}

/** All of a file as ffmpeg decodes it in one go. */
function whole(path: string): Int16Array {
  const bytes = run(["-i", path, "-map", "0:a:0", "-ac", "1", "-ar", "48000", "-f", "s16le", "-"]);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function open(path: string, offsetMs = 0, restarts?: number): PcmSource {
  const how = restarts === undefined ? {} : { restarts };
  const decoder = startDecoder({ ffmpegPath, path, offsetMs, ...how });
  onTestFinished(() => decoder.close());
  return decoder;
}

/** Reads a block of 20 ms every 2 ms, ten times as fast as a loudspeaker, until it is over or `frames` are there. */
function listen(decoder: PcmSource, frames: number, each: (heard: number) => void = () => {}) {
  const heard = new Int16Array(frames);
  const block = new Float32Array(960);
  let count = 0;
  let dryBlocks = 0;
  return new Promise<{ heard: Int16Array; dryBlocks: number }>((resolve) => {
    const timer = setInterval(() => {
      decoder.watch(asMonotonic(performance.now()));
      const taken = decoder.read(block, 0, Math.min(960, frames - count));
      for (let index = 0; index < taken; index += 1) heard[count + index] = (block[index] ?? 0) * 32_768;
      count += taken;
      if (taken === 0 && count > 0) dryBlocks += 1;
      each(count);
      if (count < frames && (decoder.outcome === null || decoder.available > 0)) return;
      clearInterval(timer);
      resolve({ heard: heard.subarray(0, count), dryBlocks });
    }, 2);
  });
}

function firstDifference(one: Int16Array, other: Int16Array): number | null {
  const at = one.findIndex((sample, index) => Math.abs(sample - (other[index] ?? 0)) > 2);
  return at < 0 ? null : at;
}

/** The newest ffmpeg of this process. */
function childOfOurs(): number {
  return ffmpegChildren().at(-1) ?? 0;
}

describe.skipIf(part === null)("a decoder that is lost", () => {
  test.each(["mp3", "opus", "flac", "wav"] as const)(
    "a-killed-decoder-is-replaced-and-not-a-sample-of-%s-is-lost-or-heard-twice",
    async (format) => {
      const path = await bulletin(format, 12);
      const decoder = open(path);
      let kills = 0;
      const { heard } = await listen(decoder, 10 * 48_000, (count) => {
        if (count < (kills + 1) * 144_000 || kills === 2) return;
        process.kill(childOfOurs(), "SIGKILL");
        kills += 1;
      });
      expect(kills).toBe(2);
      expect(decoder.outcome).toBeNull();
      expect(heard.length).toBe(10 * 48_000);
      expect(firstDifference(heard, whole(path))).toBeNull();
    },
    20_000,
  );

  test("a-stopped-decoder-is-replaced-before-anybody-hears-of-it", async () => {
    const path = await bulletin("mp3", 30);
    const decoder = open(path);
    const block = new Float32Array(960);
    const heard: number[] = [];
    /** The child that stands still, and what was in hand when another took its place. */
    let stopped: number | null = null;
    let framesAtNext: number | null = null;
    const beganAt = performance.now();
    // In real time, in which the decoder waits for its child; how long the new one takes is the machine's affair.
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        while (heard.length < (performance.now() - beganAt - 500) * 48 && heard.length < 240_000) {
          decoder.watch(asMonotonic(performance.now()));
          if (stopped !== null && childOfOurs() !== stopped) framesAtNext ??= decoder.available;
          const taken = decoder.read(block, 0, 960);
          if (taken === 0) break;
          heard.push(...block.subarray(0, taken));
        }
        if (heard.length > 96_000 && stopped === null) {
          stopped = childOfOurs();
          process.kill(stopped, "SIGSTOP");
        }
        if (heard.length < 240_000) return;
        clearInterval(timer);
        resolve();
      }, 10);
    });
    expect(
      firstDifference(
        Int16Array.from(heard, (sample) => sample * 32_768),
        whole(path),
      ),
    ).toBeNull();
    expect(framesAtNext).toBeGreaterThan(24_000);
  }, 20_000);

  test.each([1, 3_333, 5_000.4])(
    "joining-at-%s-ms-begins-on-that-sample, in every format",
    async (offsetMs) => {
      for (const format of ["mp3", "opus", "flac", "wav"] as const) {
        const path = await bulletin(format, 8);
        const { heard } = await listen(open(path, offsetMs), 48_000);
        const from = Math.round(offsetMs * 48);
        expect.soft(firstDifference(heard, whole(path).subarray(from)), format).toBeNull();
      }
    },
    20_000,
  );
});

/** A WAV head that says what it likes. */
function wavHead(how: { channels: number; rateHz: number; dataBytes: number }): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(Math.min(0xffff_fff0, how.dataBytes + 36), 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(how.channels, 22);
  head.writeUInt32LE(how.rateHz, 24);
  head.writeUInt32LE((how.rateHz * how.channels * 2) % 2 ** 32, 28);
  head.writeUInt16LE((how.channels * 2) & 0xffff, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(how.dataBytes, 40);
  return head;
}

async function file(name: string, ...pieces: (Buffer | string)[]): Promise<string> {
  const path = join(await testFolder(), name);
  writeFileSync(path, Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))));
  return path;
}

describe.skipIf(part === null)("a bad file", () => {
  const noise = Buffer.from(
    Int16Array.from({ length: 96_000 }, (_, index) => ((index * 7_919) % 20_001) - 10_000).buffer,
  );

  async function wordFor(path: string): Promise<string | null> {
    const decoder = open(path);
    await listen(decoder, 60 * 48_000);
    return decoder.outcome;
  }

  test("a-picture-a-page-and-a-playlist-under-the-name-of-an-mp3-are-not-audio", async () => {
    const picture = join(await testFolder(), "picture.mp3");
    run([
      "-f",
      "lavfi",
      "-i",
      "testsrc=d=1:s=64x64:r=1",
      "-frames:v",
      "1",
      "-f",
      "image2",
      "-c:v",
      "png",
      picture,
    ]);
    expect(await wordFor(picture)).toBe("not-audio");
    expect(await wordFor(await file("page.mp3", "<!doctype html><html><body>Not found</body></html>"))).toBe(
      "not-audio",
    );
    const playlist = await file("list.mp3", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nlist.mp3\n");
    expect(await wordFor(playlist)).toBe("not-audio");
    expect(await wordFor(await file("concat.mp3", "ffconcat version 1.0\nfile /etc/passwd\n"))).toBe(
      "not-audio",
    );
  }, 20_000);

  test("a-file-of-nothing-is-not-audio-and-one-that-is-missing-is-missing", async () => {
    expect(await wordFor(await file("empty.mp3"))).toBe("not-audio");
    expect(await wordFor("/nonexistent/clip.mp3")).toBe("clip-missing");
    expect(await wordFor(await testFolder())).toBe("clip-missing");
  });

  test("a-file-that-stops-in-the-middle-plays-what-is-there-and-is-truncated", async () => {
    for (const format of ["mp3", "opus", "flac", "wav"] as const) {
      const path = await bulletin(format, 6);
      const cut = `${path}.cut`;
      copyFileSync(path, cut);
      truncateSync(cut, Math.round(readFileSync(path).length / 2));
      const decoder = open(cut);
      const { heard } = await listen(decoder, 60 * 48_000);
      expect.soft(decoder.outcome, format).toBe("truncated");
      expect.soft(heard.length, format).toBeGreaterThan(48_000);
    }
  }, 20_000);

  test("a-file-that-promises-4-GB-is-truncated-at-its-end", async () => {
    const path = await file(
      "long.wav",
      wavHead({ channels: 1, rateHz: 48_000, dataBytes: 0xffff_fff0 - 36 }),
      noise,
    );
    expect(await wordFor(path)).toBe("truncated");
  });

  test.each([
    ["255 channels", { channels: 255, rateHz: 48_000 }],
    ["65,535 channels", { channels: 65_535, rateHz: 48_000 }],
    ["no channel", { channels: 0, rateHz: 48_000 }],
    ["0 Hz", { channels: 1, rateHz: 0 }],
    ["4 GHz", { channels: 1, rateHz: 0xffff_ffff }],
  ])("%s are not audio", async (_, how) => {
    const path = await file("odd.wav", wavHead({ ...how, dataBytes: noise.length }), noise);
    expect(await wordFor(path)).toBe("not-audio");
  });

  test("768-kHz-are-played", async () => {
    const path = await file(
      "fast.wav",
      wavHead({ channels: 1, rateHz: 768_000, dataBytes: noise.length }),
      noise,
    );
    const decoder = open(path);
    const { heard } = await listen(decoder, 48_000);
    expect(decoder.outcome).toBe("complete");
    expect(Math.abs(heard.length - 6_000)).toBeLessThan(20);
  });

  test("1-Hz-costs-neither-memory-nor-time", async () => {
    const path = await file("slow.wav", wavHead({ channels: 1, rateHz: 1, dataBytes: noise.length }), noise);
    const decoder = open(path);
    await listen(decoder, 4 * 48_000);
    expect([null, "not-audio", "decoder-died"]).toContain(decoder.outcome);
    expect(decoder.available).toBeLessThanOrEqual(96_000);
  }, 20_000);

  test("10-GB-are-played-like-any-other-file-and-closed-at-once", async () => {
    const path = join(await testFolder(), "huge.wav");
    const handle = openSync(path, "w");
    writeSync(
      handle,
      Buffer.concat([wavHead({ channels: 1, rateHz: 48_000, dataBytes: 0xffff_ffff }), noise]),
    );
    closeSync(handle);
    truncateSync(path, 10 * 1_024 ** 3);
    const decoder = open(path);
    const { heard, dryBlocks } = await listen(decoder, 96_000);
    expect(heard.length).toBe(96_000);
    expect(dryBlocks).toBe(0);
    expect(decoder.available).toBeLessThanOrEqual(96_000);
    // To read it to its end would take longer than a test may.
    await decoder.close();
    expect(ffmpegChildren()).toEqual([]);
  });

  test("an-hour-of-mp3-without-an-index-is-joined-near-its-end-within-the-limit", async () => {
    const path = await bulletin("mp3", 600);
    const decoder = open(path, 590_000);
    const { heard } = await listen(decoder, 48_000);
    expect(decoder.outcome).toBeNull();
    // Past its own limit for a first sample the decoder would have given up.
    expect(heard.length).toBe(48_000);
  }, 90_000);

  test("a-decoder-that-eats-memory-or-time-is-ended-by-the-kernel", async () => {
    const child = join(await testFolder(), "ffmpeg");
    writeFileSync(child, "#!/bin/sh\nulimit -d; ulimit -t; ulimit -f\n", { mode: 0o755 });
    const decoder = startDecoder({ ffmpegPath: child, path: await file("clip.mp3", "x"), offsetMs: 0 });
    onTestFinished(() => decoder.close());
    const { heard } = await listen(decoder, 1_000);
    const said = Buffer.from(heard.buffer, heard.byteOffset, heard.byteLength).toString("latin1");
    expect(said.trim().split("\n").map(Number)).toEqual([192 * 1_024, 1_800, 0]);
  });
});
