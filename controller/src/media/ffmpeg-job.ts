import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import createCommand from "fluent-ffmpeg";
import { createFfmpegLines, type FfmpegLines, type FfmpegNotes } from "./ffmpeg-lines.ts";
import { CLIP_SAMPLE_RATE_HZ, CPU_TIME_FACTOR, MAX_ALLOCATION_BYTES, NICENESS } from "./media-limits.ts";
import { surviveUnstarted } from "./unstarted-process.ts";

/** The program, and the end of all its runs. */
export interface FfmpegTool {
  readonly path: string;
  /** Kills what runs and lets nothing new begin; such runs end with `timeout`. */
  readonly stop: AbortSignal;
  /** Of one run over so much audio; tests are less patient. */
  readonly timeLimitMs: (durationMs: number) => number;
}

/** One run of ffmpeg over one local file. fluent-ffmpeg is archived upstream and is known only here. */
export interface FfmpegJob {
  readonly tool: FfmpegTool;
  readonly inputPath: string;
  /** `anything`: what people send. `pcm`: our own mono samples (s16le, 48 kHz). */
  readonly inputKind: "anything" | "pcm";
  /** Options before the output, such as filters and encoder. */
  readonly options: readonly string[];
  /** A file to write, `discard`, or a stream that takes raw samples. */
  readonly output: string | "discard" | Writable;
  /** How much audio it may meet. */
  readonly durationMs: number;
  /** How much it has made so far, ms; a few times a second. */
  readonly onProgress?: (ms: number) => void;
}

/** `busy`: the machine had nothing left to start it with. */
export type FfmpegFailure = "timeout" | "tool-missing" | "busy" | "disk-full" | "failed";

/** A refusal keeps what ffmpeg had said until then. */
export type FfmpegEnd = Result<FfmpegNotes, { readonly reason: FfmpegFailure; readonly notes: FfmpegNotes }>;

/** Playlists and images are not on the list, and no protocol but files: an upload cannot send ffmpeg elsewhere. */
const INPUT_OPTIONS = {
  anything: [
    ...["-format_whitelist", "mp3,aac,mov,mp4,m4a,ogg,flac,wav,w64,aiff,amr,matroska,webm"],
    // Checksums of Ogg pages and FLAC frames are looked at, which decoders leave out by themselves.
    ...["-err_detect", "crccheck"],
  ],
  pcm: ["-f", "s16le", "-ar", String(CLIP_SAMPLE_RATE_HZ), "-ac", "1"],
};
const COMMON_INPUT_OPTIONS = [
  ...["-nostdin", "-protocol_whitelist", "file", "-threads", "1"],
  // A header may ask for gigabytes; two hours of anything that is allowed need 60 MB in all.
  ...["-max_alloc", String(MAX_ALLOCATION_BYTES)],
];
const OUTPUT_OPTIONS = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1"];
/** The encoder's share: without it libopus and filters of newer builds take a thread for each core. */
const ONE_THREAD = ["-threads", "1"];

export async function runFfmpeg(job: FfmpegJob): Promise<FfmpegEnd> {
  const lines = createFfmpegLines(job.onProgress);
  const isThere = await access(job.tool.path, constants.X_OK).then(
    () => true,
    () => false,
  );
  const failure = isThere ? await run(job, lines) : "tool-missing";
  if (failure !== null) return fail({ reason: failure, notes: lines.notes });
  // The process may be gone while its last samples are still on their way.
  if (typeof job.output !== "string") await finished(job.output);
  return ok(lines.notes);
}

function run(job: FfmpegJob, lines: FfmpegLines): Promise<FfmpegFailure | null> {
  const { path, stop, timeLimitMs } = job.tool;
  const limitMs = timeLimitMs(job.durationMs);
  return new Promise((resolve) => {
    const command = createCommand({ niceness: NICENESS })
      .input(`file:${job.inputPath}`)
      .setFfmpegPath(path)
      .inputOptions([...COMMON_INPUT_OPTIONS, ...cpuLimit(limitMs), ...INPUT_OPTIONS[job.inputKind]])
      .outputOptions([...OUTPUT_OPTIONS, "-hide_banner", "-loglevel", "info", ...ONE_THREAD, ...job.options]);
    let isStarted = true;
    surviveUnstarted(command, () => {
      isStarted = false;
    });
    const end = (failure: FfmpegFailure | null) => {
      clearTimeout(timer);
      stop.removeEventListener("abort", giveUp);
      resolve(failure);
    };
    const giveUp = () => {
      command.kill("SIGKILL");
      end("timeout");
    };
    const timer = setTimeout(giveUp, limitMs);
    stop.addEventListener("abort", giveUp);
    command
      .on("stderr", lines.readLine)
      .on("end", () => end(null))
      .on("error", () => end(isStarted ? (lines.notes.isDiskFull ? "disk-full" : "failed") : "busy"));
    if (job.output === "discard") command.outputOptions(["-f", "null"]).output("-");
    else command.output(job.output);
    if (stop.aborted) end("timeout");
    else command.run();
  });
}

/** Processor time, which ends a run even when the controller that should have ended it was killed. */
function cpuLimit(limitMs: number): readonly string[] {
  return ["-timelimit", String(Math.ceil((limitMs * CPU_TIME_FACTOR) / SECOND_MS))];
}
