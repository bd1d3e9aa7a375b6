import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import type { FfmpegTool } from "./ffmpeg-job.ts";
import { freeBytesOf } from "./file-facts.ts";
import { createJobQueue, type JobQueue } from "./job-queue.ts";
import { encodeAgain, makeClip, type Workbench } from "./make-clip.ts";
import { MAX_SOURCE_BYTES, MAX_WAITING_JOBS, runTimeLimitMs, SHORT_SOURCE_BYTES } from "./media-limits.ts";
import type {
  EncodeInput,
  IngestedClip,
  IngestInput,
  IngestRefusal,
  MadeRendition,
  Media,
} from "./media-port.ts";
import { limit, refuse } from "./source-check.ts";

export interface MediaOptions {
  /** Null when none was found: every upload is then refused with `tool-missing`. */
  readonly ffmpegPath: string | null;
  /**
   * Clips are made here, on the file system where they will live; made when missing. Whatever lies there belongs to
   * work that a crash has ended, and is removed.
   */
  readonly workFolder: string;
  readonly log: Log;
  /** Tests say here that the disk is full. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  /** Time limit of one run of ffmpeg over so much audio. */
  readonly timeLimitMs?: (durationMs: number) => number;
}

/** `close` ends the running job and those that wait; nothing is left running when it resolves. */
export function createMedia(options: MediaOptions): Media & { close(): Promise<void> } {
  const { log, workFolder, ffmpegPath } = options;
  const lanes = { short: createJobQueue(MAX_WAITING_JOBS), long: createJobQueue(MAX_WAITING_JOBS) };
  const stop = new AbortController();
  let jobs = 0;
  const isClean = rm(workFolder, { recursive: true, force: true }).catch((error: unknown) => {
    log.warn("media.work-left", { error: `${error}` });
  });

  async function ingest(input: IngestInput): Promise<Result<IngestedClip, IngestRefusal>> {
    if (input.sizeBytes === 0) return refuse("empty");
    if (input.sizeBytes > MAX_SOURCE_BYTES)
      return refuse("too-large", limit(input.sizeBytes, MAX_SOURCE_BYTES));
    input.onProgress?.({ phase: "waiting", share: 0 });
    const made = await inTurn(laneOf(input), (bench) => makeClip(bench, input));
    const { fileName, sizeBytes } = input;
    if (made.ok) {
      const { sha256, durationMs, trimmed, renditions } = made.value;
      const kinds = renditions.map((one) => one.kind).join();
      const { startMs, endMs } = trimmed;
      log.info("media.ingested", { fileName, sizeBytes, sha256, durationMs, startMs, endMs, kinds });
    } else log.warn("media.refused", { fileName, sizeBytes, ...told(made.error) });
    return made;
  }

  async function encode(input: EncodeInput): Promise<Result<MadeRendition, IngestRefusal>> {
    const made = await inTurn(lanes.long, (bench) => encodeAgain(bench, input));
    const { kind, durationMs } = input;
    if (made.ok) log.info("media.encoded", { kind, durationMs, sha256: made.value.sha256 });
    else log.warn("media.encode-failed", { kind, durationMs, ...told(made.error) });
    return made;
  }

  function laneOf({ sizeBytes }: IngestInput): JobQueue {
    return sizeBytes <= SHORT_SOURCE_BYTES ? lanes.short : lanes.long;
  }

  async function inTurn<Made>(
    queue: JobQueue,
    job: (bench: Workbench) => Promise<Result<Made, IngestRefusal>>,
  ): Promise<Result<Made, IngestRefusal>> {
    if (ffmpegPath === null) return refuse("tool-missing");
    jobs += 1;
    const bench: Workbench = {
      tool: toolOf(ffmpegPath),
      folder: join(workFolder, `job-${jobs}`),
      freeBytes: () => (options.freeBytes ?? freeBytesOf)(workFolder),
      log,
    };
    const turn = queue.add(async () => {
      await isClean;
      return onBench(bench, job);
    });
    return (await turn) ?? refuse("busy");
  }

  function toolOf(path: string): FfmpegTool {
    return { path, stop: stop.signal, timeLimitMs: options.timeLimitMs ?? runTimeLimitMs };
  }

  async function close(): Promise<void> {
    stop.abort();
    await isClean;
    await lanes.short.idle();
    await lanes.long.idle();
  }

  return { ingest, encode, close };
}

function told({ reason, detail }: IngestRefusal) {
  if (detail === null) return { reason };
  return detail.kind === "limit" ? { reason, value: detail.value } : { reason, second: detail.second };
}

/** Whatever comes of the job, its folder goes; what was made lies beside it then. */
async function onBench<Made>(bench: Workbench, job: (bench: Workbench) => Promise<Made>): Promise<Made> {
  await mkdir(bench.folder, { recursive: true });
  try {
    return await job(bench);
  } finally {
    await rm(bench.folder, { recursive: true, force: true });
  }
}
