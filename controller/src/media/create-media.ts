import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { ok, type Result } from "@loa/shared/kernel/result.ts";
import { audioFileEnd } from "@loa/shared/node/audio-file-end.ts";
import type { FfmpegTool } from "./ffmpeg-job.ts";
import { freeBytesOf, sha256OfFile, sizeOfFile } from "./file-facts.ts";
import { createJobQueue } from "./job-queue.ts";
import { gainToTarget } from "./loudness.ts";
import { type MeasuredSource, makeClip, readClip } from "./make-clip.ts";
import {
  CLIP_BITRATE_KBPS,
  DEFAULT_TARGET_LUFS,
  DISK_RESERVE_BYTES,
  MAX_DURATION_MS,
  MAX_SOURCE_BYTES,
  MAX_WAITING_JOBS,
  NO_SOUND_BELOW_LUFS,
  NO_SOUND_BELOW_PEAK_DB,
  runTimeLimitMs,
} from "./media-limits.ts";
import type { IngestedClip, IngestInput, IngestRefusal, Media } from "./media-port.ts";
import { checkSource, limit, refuse, type SourceFacts } from "./source-check.ts";

export interface MediaOptions {
  /** Null when none was found: every upload is then refused with `tool-missing`. */
  readonly ffmpegPath: string | null;
  /** Clips are made here, on the file system where they will live; made when missing. */
  readonly workFolder: string;
  readonly log: Log;
  readonly targetLufs?: number;
  /** Tests say here that the disk is full. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  /** Time limit of one run of ffmpeg over so much audio. */
  readonly timeLimitMs?: (durationMs: number) => number;
}

/** Rounding of headers and encoder padding stay below this. */
const LENGTH_TOLERANCE_MS = 300;

/** `close` ends the running job and those that wait; nothing is left running when it resolves. */
export function createMedia(options: MediaOptions): Media & { close(): Promise<void> } {
  const queue = createJobQueue(MAX_WAITING_JOBS);
  const stop = new AbortController();
  let jobs = 0;

  async function ingest(input: IngestInput): Promise<Result<IngestedClip, IngestRefusal>> {
    if (input.sizeBytes === 0) return refuse("empty");
    if (input.sizeBytes > MAX_SOURCE_BYTES)
      return refuse("too-large", limit(input.sizeBytes, MAX_SOURCE_BYTES));
    const { ffmpegPath } = options;
    if (ffmpegPath === null) return refuse("tool-missing");
    jobs += 1;
    const clipPath = join(options.workFolder, `clip-${process.pid}-${jobs}.mp3`);
    const tool = { path: ffmpegPath, stop: stop.signal, timeLimitMs: options.timeLimitMs ?? runTimeLimitMs };
    return (await queue.add(() => work(tool, input, clipPath))) ?? refuse("busy");
  }

  async function work(tool: FfmpegTool, input: IngestInput, clipPath: string) {
    await mkdir(options.workFolder, { recursive: true });
    const made = await make(options, tool, input.path, clipPath);
    const { fileName, sizeBytes } = input;
    if (made.ok) {
      options.log.info("media.ingested", {
        fileName,
        sizeBytes,
        sha256: made.value.sha256,
        durationMs: made.value.durationMs,
      });
    } else {
      await rm(clipPath, { force: true });
      options.log.warn("media.refused", { fileName, sizeBytes, reason: made.error.reason });
    }
    return made;
  }

  async function close(): Promise<void> {
    stop.abort();
    await queue.idle();
  }

  return { ingest, close };
}

async function make(
  options: MediaOptions,
  tool: FfmpegTool,
  sourcePath: string,
  clipPath: string,
): Promise<Result<IngestedClip, IngestRefusal>> {
  const isCut = audioFileEnd(sourcePath) === "cut";
  const source = await checkSource(tool, sourcePath);
  // An MP4 that was cut before its index has no frame that could be decoded.
  if (!source.ok)
    return isCut && source.error.reason === "not-audio" ? refuse("truncated", brokeAt(0)) : source;
  const clipBytes = ((source.value.declaredMs ?? MAX_DURATION_MS) / 8) * CLIP_BITRATE_KBPS;
  const free = await (options.freeBytes ?? freeBytesOf)(options.workFolder);
  if (free < clipBytes + DISK_RESERVE_BYTES) return refuse("disk-full");

  const measured = await makeClip(tool, sourcePath, source.value, clipPath);
  if (!measured.ok) return measured;
  const refusal = judge(source.value, measured.value, isCut);
  if (refusal !== null) return refusal;
  const clip = await readClip(tool, clipPath);
  if (!clip.ok) return clip;

  const { loudness } = measured.value;
  const targetLufs = options.targetLufs ?? DEFAULT_TARGET_LUFS;
  return ok({
    sha256: await sha256OfFile(clipPath),
    sizeBytes: await sizeOfFile(clipPath),
    type: "audio/mpeg",
    path: clipPath,
    durationMs: clip.value.durationMs,
    loudnessLufs: loudness.lufs,
    truePeakDb: loudness.truePeakDb,
    gainDb: gainToTarget(loudness, targetLufs),
    targetLufs,
    waveform: clip.value.waveform,
    sourceSha256: await sha256OfFile(sourcePath),
  });
}

/** What only the whole of it shows. */
function judge(source: SourceFacts, measured: MeasuredSource, isCut: boolean) {
  const { decodedMs, loudness } = measured;
  if (decodedMs > MAX_DURATION_MS)
    return refuse("too-long", limit(decodedMs / 1_000, MAX_DURATION_MS / 1_000));
  const isShort = source.declaredMs !== null && source.declaredMs - decodedMs > LENGTH_TOLERANCE_MS;
  if (isCut || isShort) return refuse("truncated", brokeAt(decodedMs));
  const isSilent = loudness.lufs < NO_SOUND_BELOW_LUFS || loudness.truePeakDb < NO_SOUND_BELOW_PEAK_DB;
  return isSilent ? refuse("no-sound") : null;
}

function brokeAt(ms: number) {
  return { kind: "broke-at", second: Math.round(ms / 10) / 100 } as const;
}
