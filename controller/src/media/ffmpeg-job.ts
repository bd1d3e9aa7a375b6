import type { Writable } from "node:stream";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import createCommand from "fluent-ffmpeg";
import { createFfmpegLines, type FfmpegNotes } from "./ffmpeg-lines.ts";

/** One run of ffmpeg over one local file. fluent-ffmpeg is archived upstream and is known only here. */
export interface FfmpegJob {
  readonly ffmpegPath: string;
  readonly inputPath: string;
  /** Options before the output, such as filters and encoder. */
  readonly options: readonly string[];
  /** A file to write, `discard`, or a stream that takes raw samples. */
  readonly output: string | "discard" | Writable;
  readonly timeLimitMs: number;
}

export type FfmpegFailure = "timeout" | "tool-missing" | "disk-full" | "failed";

/** A refusal keeps what ffmpeg had said until then. */
export type FfmpegEnd = Result<FfmpegNotes, { readonly reason: FfmpegFailure; readonly notes: FfmpegNotes }>;

/** Playlists and images are not on the list, and no protocol but files: an upload cannot send ffmpeg elsewhere. */
const INPUT_OPTIONS = [
  "-nostdin",
  ...["-protocol_whitelist", "file"],
  ...["-format_whitelist", "mp3,aac,mov,mp4,m4a,ogg,flac,wav,w64,aiff,amr,matroska,webm"],
  ...["-threads", "1"],
];
const OUTPUT_OPTIONS = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1"];

export function runFfmpeg(job: FfmpegJob): Promise<FfmpegEnd> {
  const lines = createFfmpegLines();
  return new Promise((resolve) => {
    let isLate = false;
    const command = createCommand(`file:${job.inputPath}`)
      .setFfmpegPath(job.ffmpegPath)
      .inputOptions(INPUT_OPTIONS)
      .outputOptions([...OUTPUT_OPTIONS, "-hide_banner", "-nostats", "-loglevel", "info", ...job.options]);
    const timer = setTimeout(() => {
      isLate = true;
      command.kill("SIGKILL");
    }, job.timeLimitMs);
    const end = (failure: FfmpegFailure | null) => {
      clearTimeout(timer);
      resolve(failure === null ? ok(lines.notes) : fail({ reason: failure, notes: lines.notes }));
    };
    command
      .on("stderr", lines.readLine)
      .on("end", () => end(null))
      .on("error", (error: Error) => {
        if (isLate) end("timeout");
        else if ("code" in error && (error.code === "ENOENT" || error.code === "EACCES")) end("tool-missing");
        else end(lines.notes.isDiskFull ? "disk-full" : "failed");
      });
    if (job.output === "discard") command.outputOptions(["-f", "null"]).output("-");
    else command.output(job.output);
    command.run();
  });
}
