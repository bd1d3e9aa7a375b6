import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RenditionKind, renditionKinds } from "@loa/controller/domain/rendition.ts";
import { encoders } from "@loa/controller/media/encoders.ts";
import type { IngestProgress } from "@loa/controller/media/media-port.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { findChirps } from "../golden-ear/find-chirp.ts";
import { type AudioFormat, encode, ffmpeg, withChirps, writeWav } from "../golden-ear/make-audio.ts";
import {
  clipOf,
  decoded,
  ffmpegPath,
  ffmpegThat,
  file,
  ingest,
  newMedia,
  refusal,
} from "../support/media-bench.ts";
import { systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder, testFolder } from "../support/temp-folder.ts";

const LIMIT_MS = 120_000;

/** 1.4 s of silence, a chirp, 3 s of silence, a chirp, 2 s and 17 samples of silence. */
const CHIRPS_AT_MS = [1_400, 4_600];
const SOURCE_FRAMES = 6_800 * 48 + 17;

describe.skipIf(systemPart("ffmpeg") === null)("the ladder of renditions", () => {
  let folder: TemporaryFolder;
  let wav: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    wav = join(folder.path, "chirps.wav");
    const samples = new Float64Array(SOURCE_FRAMES);
    samples.set(withChirps(6_800, CHIRPS_AT_MS));
    writeWav(wav, samples);
    return folder.remove;
  });

  test("silence is cut at both ends but for what is kept, told, and never inside", async () => {
    const clip = await clipOf(wav);
    // Stretches of 10 ms are kept or cut whole.
    expect(Math.abs(clip.trimmed.startMs - 1_300)).toBeLessThanOrEqual(20);
    expect(Math.abs(clip.trimmed.endMs - 1_901)).toBeLessThanOrEqual(20);
    expect(clip.durationMs).toBe(6_801 - clip.trimmed.startMs - clip.trimmed.endMs);
    const [first, second, ...others] = findChirps(await decoded(clip.path));
    expect(others).toEqual([]);
    expect(first?.at).toBeCloseTo(1_400 - clip.trimmed.startMs, 0);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(3_200, 0);
  });

  test("what is kept of the silence is a setting, and all of it where nothing is silent enough", async () => {
    const wide = await clipOf(wav, {}, { trim: { belowDb: -50, keepMs: 500 } });
    expect(Math.abs(wide.trimmed.startMs - 900)).toBeLessThanOrEqual(20);
    const hum = join(await testFolder(), "hum.wav");
    await ffmpeg(ffmpegPath, ["-i", wav, "-af", "aeval=val(0)+0.02*sin(2*PI*100*t)", hum]);
    expect((await clipOf(hum)).trimmed).toEqual({ startMs: 0, endMs: 0 });
    expect((await clipOf(hum, {}, { trim: { belowDb: -20, keepMs: 0 } })).trimmed.startMs).toBeGreaterThan(
      1_300,
    );
  });

  test("nothing but silence above the threshold is no clip", async () => {
    const answer = await ingest(wav, {}, { trim: { belowDb: 20, keepMs: 0 } });
    expect(answer).toMatchObject(refusal("no-sound"));
  });

  test(
    "every rendition has the clip's length to the sample, and its sounds where they were to the millisecond",
    async () => {
      const clip = await clipOf(wav, {}, { kinds: renditionKinds });
      expect(clip.renditions.map((one) => one.kind).sort()).toEqual([...renditionKinds].sort());
      const starts: number[] = [];
      for (const one of clip.renditions) {
        const heard = await decoded(one.path);
        expect.soft(heard.samples.length, one.kind).toBe(clip.durationMs * 48);
        const [chirp] = findChirps(heard);
        starts.push(chirp?.at ?? Number.NaN);
      }
      for (const at of starts) expect(Math.abs(at - (1_400 - clip.trimmed.startMs))).toBeLessThan(1);
      expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(1);
    },
    LIMIT_MS,
  );

  test.each(["mp3", "m4a", "opus", "flac"] as const satisfies readonly AudioFormat[])(
    "a source in %s keeps its sounds in place and its whole length, without trim",
    async (format) => {
      const source = await encode(ffmpegPath, wav, format);
      const trim = { belowDb: -90, keepMs: 5_000 };
      const clip = await clipOf(source, {}, { kinds: ["opus-24", "mp3-24"], trim });
      const heardAtSource = await decoded(source);
      expect(clip.durationMs).toBe(Math.ceil(heardAtSource.samples.length / 48));
      const [atSource] = findChirps(heardAtSource);
      for (const one of clip.renditions) {
        const heard = await decoded(one.path);
        expect.soft(heard.samples.length, one.kind).toBe(clip.durationMs * 48);
        expect
          .soft(Math.abs((findChirps(heard)[0]?.at ?? 0) - (atSource?.at ?? 0)), one.kind)
          .toBeLessThan(1);
      }
    },
    LIMIT_MS,
  );

  test(
    "each costs the data that its name says",
    async () => {
      const speech = join(await testFolder(), "speech.wav");
      const source = "anoisesrc=d=20:c=pink:a=0.3:seed=7,highpass=f=200,lowpass=f=5000,tremolo=f=4:d=0.9";
      await ffmpeg(ffmpegPath, ["-f", "lavfi", "-i", source, "-ar", "48000", "-ac", "1", speech]);
      const clip = await clipOf(speech, {}, { kinds: renditionKinds });
      for (const { kind, sizeBytes } of clip.renditions) {
        const kbps = (sizeBytes * 8) / clip.durationMs;
        expect.soft(kbps / encoders[kind].kbps, kind).toBeGreaterThan(0.5);
        expect.soft(kbps / encoders[kind].kbps, kind).toBeLessThan(1.1);
      }
    },
    LIMIT_MS,
  );

  test("one that is made later is as long as the clip, from the original and from the base rendition", async () => {
    const media = await newMedia();
    const clip = await clipOf(wav);
    const { durationMs, trimmed } = clip;
    const sources = [
      { path: wav, startMs: trimmed.startMs },
      { path: clip.path, startMs: 0 },
    ];
    for (const source of sources) {
      const made = await media.encode({ ...source, durationMs, kind: "opus-24" });
      if (!made.ok) throw new Error(made.error.reason);
      const heard = await decoded(made.value.path);
      expect(heard.samples.length).toBe(durationMs * 48);
      expect(findChirps(heard)[0]?.at).toBeCloseTo(1_400 - trimmed.startMs, 0);
    }
    await media.close();
  });

  test("whoever waits is told every phase in its order, and shares that only grow", async () => {
    const told: IngestProgress[] = [];
    await clipOf(wav, {}, { kinds: ["opus-24"], onProgress: (progress) => told.push(progress) });
    const phases = told.map((one) => one.phase).filter((phase, at, all) => phase !== all[at - 1]);
    expect(phases).toEqual(["waiting", "checking", "decoding", "measuring", "encoding"]);
    for (const phase of phases) {
      const shares = told.filter((one) => one.phase === phase).map((one) => one.share);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    }
  });

  test("the work of a controller that crashed is cleared away", async () => {
    const workFolder = await testFolder();
    mkdirSync(join(workFolder, "job-7"));
    writeFileSync(join(workFolder, "job-7", "source.pcm"), "half of it");
    const media = await newMedia({ workFolder });
    const made = await media.ingest({ path: wav, sizeBytes: statSync(wav).size, fileName: "upload" });
    expect(made.ok).toBe(true);
    expect(existsSync(join(workFolder, "job-7"))).toBe(false);
    expect(readdirSync(workFolder)).toHaveLength(1);
    await media.close();
  });

  test("ffmpeg runs behind everybody else, in one thread, with an end to its processor time", async () => {
    const told = join(await testFolder(), "told");
    await ingest(wav, { ffmpegPath: await ffmpegThat(`{ nice; echo "$*"; } >> '${told}'; exit 1`) });
    const [niceness, args] = readFileSync(told, "utf8").split("\n");
    expect(Number(niceness)).toBeGreaterThanOrEqual(10);
    expect(args).toContain("-threads 1");
    expect(args).toContain("-timelimit");
  });

  test("a copy of one of our own files comes in like any other", async () => {
    const first = await clipOf(wav);
    const again = await clipOf(await file("download.mp3", readFileSync(first.path)));
    expect(again.durationMs).toBe(first.durationMs);
    expect(Math.abs(again.gainDb - first.gainDb)).toBeLessThan(0.3);
  });
});

describe("the ladder", () => {
  test("has Opus and mp3 at 24, 32, 48 and 64 kbit/s", () => {
    const asNamed = (kind: RenditionKind) => `${encoders[kind].extension}-${encoders[kind].kbps}`;
    expect(renditionKinds.map(asNamed)).toEqual(renditionKinds);
    expect(renditionKinds).toHaveLength(8);
  });
});
