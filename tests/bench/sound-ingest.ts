import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type RenditionKind, renditionKinds } from "@loa/controller/domain/rendition.ts";
import { createMedia } from "@loa/controller/media/create-media.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { ffmpeg } from "../golden-ear/make-audio.ts";
import { childrenOf, readOrEmpty } from "../support/own-process.ts";
import { systemPart } from "../support/system-part.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { atMost, type BenchRow } from "./bench-row.ts";

const TICKS_PER_SECOND = 100;
/** Of children that have ended: the 16th and 17th field of `/proc/self/stat` (proc(5)), counted behind the name. */
const ENDED_CHILDREN_TICKS = [13, 14];
const LOOK_EVERY_MS = 20;
const BYTES_A_MB = 1_000_000;

const SHORT_MINUTES = 5;
/** A minute less than the longest that is taken in: mp3 rounds up. */
const LONG_MINUTES = 119;

/**
 * What an upload costs the control room. The sound is noise in the rhythm of speech, stereo mp3 of 128 kbit/s; the
 * figures are those of ffmpeg and of our own process together.
 */
export async function bench(): Promise<BenchRow[]> {
  const ffmpegPath = systemPart("ffmpeg")?.path;
  if (ffmpegPath === undefined) return [];
  await using folder = await temporaryFolder();
  const short = await speechLike(ffmpegPath, folder.path, SHORT_MINUTES);
  const base = await measure(ffmpegPath, folder.path, short, SHORT_MINUTES, []);
  const ladder = await measure(ffmpegPath, folder.path, short, SHORT_MINUTES, renditionKinds);
  const long = await speechLike(ffmpegPath, folder.path, LONG_MINUTES);
  const whole = await measure(ffmpegPath, folder.path, long, LONG_MINUTES, []);
  const name = (what: string) => `ingest: ${what}`;
  return [
    atMost(name("processor time, one rendition"), base.cpuSecondsAMinute, "s/min of audio", 2),
    atMost(name("processor time, all eight"), ladder.cpuSecondsAMinute, "s/min of audio", 8),
    atMost(name("bulletin of 5 min is ready after"), base.tookSeconds, "s", 15),
    atMost(name("2 h are ready after"), whole.tookSeconds, "s", 300),
    atMost(name("2 h, peak memory of ffmpeg"), whole.peakFfmpegMb, "MB", 100),
    atMost(name("2 h, our own memory grows by"), whole.grownMb, "MB", 120),
  ];
}

interface Cost {
  readonly cpuSecondsAMinute: number;
  readonly tookSeconds: number;
  readonly peakFfmpegMb: number;
  readonly grownMb: number;
}

async function measure(
  ffmpegPath: string,
  folder: string,
  path: string,
  minutes: number,
  kinds: readonly RenditionKind[],
): Promise<Cost> {
  const log = { info() {}, warn() {}, error() {} };
  const media = createMedia({ ffmpegPath, workFolder: join(folder, "work"), log });
  const memory = watchMemory();
  const [begunAt, cpuBefore] = [performance.now(), cpuSecondsOfAll()];
  const made = await media.ingest({ path, sizeBytes: (await stat(path)).size, fileName: "bench.mp3", kinds });
  const tookSeconds = (performance.now() - begunAt) / 1_000;
  const cpuSeconds = cpuSecondsOfAll() - cpuBefore;
  const peaks = memory.end();
  await media.close();
  if (!made.ok) throw new Error(`not taken in: ${made.error.reason}`);
  if (made.value.durationMs < (minutes - 1) * MINUTE_MS) throw new Error("it lost a minute on the way");
  return { cpuSecondsAMinute: cpuSeconds / minutes, tookSeconds, ...peaks };
}

/** Of this process, and of all children that have ended. */
function cpuSecondsOfAll(): number {
  const { user, system } = process.cpuUsage();
  const stat = readOrEmpty("/proc/self/stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = ENDED_CHILDREN_TICKS.reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
  return (user + system) / 1_000_000 + ticks / TICKS_PER_SECOND;
}

function watchMemory(): { end(): Pick<Cost, "peakFfmpegMb" | "grownMb"> } {
  const before = process.memoryUsage.rss();
  let [peakFfmpegMb, peakOwn] = [0, before];
  const timer = setInterval(() => {
    peakOwn = Math.max(peakOwn, process.memoryUsage.rss());
    for (const child of childrenOf(process.pid)) {
      const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${child}/status`))?.[1];
      peakFfmpegMb = Math.max(peakFfmpegMb, (Number(kib ?? 0) * 1_024) / BYTES_A_MB);
    }
  }, LOOK_EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      return { peakFfmpegMb, grownMb: (peakOwn - before) / BYTES_A_MB };
    },
  };
}

async function speechLike(ffmpegPath: string, folder: string, minutes: number): Promise<string> {
  const path = join(folder, `${minutes}-minutes.mp3`);
  const noise = `anoisesrc=d=${minutes * 60}:c=pink:a=0.3:seed=7:r=44100`;
  const filter = "highpass=f=200,lowpass=f=5000,tremolo=f=4:d=0.9";
  const encoder = ["-c:a", "libmp3lame", "-b:a", "128k", "-ac", "2"];
  await ffmpeg(ffmpegPath, ["-f", "lavfi", "-i", noise, "-af", filter, ...encoder, path]);
  return path;
}
