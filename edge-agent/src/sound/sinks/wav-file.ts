import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic, MINUTE_MS, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { BLOCK_FRAMES, BLOCK_MS, FRAMES_PER_MS, SINK_BUFFER_MS } from "../format.ts";
import type { SinkFailure, SoundSink } from "../sink.ts";
import { createPacer } from "./pacer.ts";
import { WAV_HEADER_BYTES, wavHeader } from "./wav-header.ts";

export interface WavFileOptions {
  readonly clock: Clock;
  readonly folder: string;
  readonly channels?: number;
  /** A file is closed and the next one begun at this length. */
  readonly maxFileMs?: number;
  /** Older files are removed; 12 of 10 minutes are 690 MB. */
  readonly keepFiles?: number;
  readonly bufferMs?: number;
}

/** The JSON file beside each recording. */
export interface WavSidecar {
  /** Wall time of the first sample, ms since 1970, as the box's clock had it. */
  readonly firstSampleAt: number;
  readonly firstSampleMonotonicMs: number;
}

const MAX_FILE_MS = 10 * MINUTE_MS;
const KEEP_FILES = 12;
/** Samples go to the disk this often, header included: after a crash the file is right up to the last flush. */
const FLUSH_BLOCKS = 25;
/** A longer silence of ours (a suspended machine) is not worth its space. */
const LONGEST_GAP_MS = MINUTE_MS;

/** Records exactly what would be heard; where we were late, the recording holds the silence of the gap. */
export function createWavFileSink(options: WavFileOptions): SoundSink {
  const { clock, folder, channels = 1 } = options;
  const frameBytes = 2 * channels;
  const pacer = createPacer(clock, options.bufferMs ?? SINK_BUFFER_MS);
  const maxFrames = (options.maxFileMs ?? MAX_FILE_MS) * FRAMES_PER_MS;
  const pending = new Int16Array(FLUSH_BLOCKS * BLOCK_FRAMES * channels);
  const pendingBytes = new Uint8Array(pending.buffer);
  let pendingFrames = 0;
  let file: number | null = null;
  let fileFrames = 0;
  let underruns = 0;

  function begin(firstAt: MonotonicMs): void {
    const wall = asInstant(clock.now() + (firstAt - clock.monotonic()));
    const name = new Date(wall).toISOString().replaceAll(":", "");
    const sidecar = { firstSampleAt: wall, firstSampleMonotonicMs: firstAt } satisfies WavSidecar;
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(sidecar)}\n`);
    const opened = openSync(join(folder, `${name}.wav`), "w");
    writeSync(opened, wavHeader(0, channels), 0, WAV_HEADER_BYTES, 0);
    file = opened;
    fileFrames = 0;
    removeOld(folder, options.keepFiles ?? KEEP_FILES);
  }

  function flush(): void {
    if (file === null || pendingFrames === 0) return;
    writeSync(file, pendingBytes, 0, pendingFrames * frameBytes, WAV_HEADER_BYTES + fileFrames * frameBytes);
    fileFrames += pendingFrames;
    pendingFrames = 0;
    writeSync(file, wavHeader(fileFrames, channels), 0, WAV_HEADER_BYTES, 0);
  }

  function finish(): void {
    flush();
    if (file !== null) closeSync(file);
    file = null;
  }

  /** Null is a block of silence. */
  function append(block: Int16Array | null, at: MonotonicMs): void {
    if (file === null) begin(at);
    if (pendingFrames * channels === pending.length) flush();
    if (block === null) pending.fill(0, pendingFrames * channels, (pendingFrames + BLOCK_FRAMES) * channels);
    else pending.set(block, pendingFrames * channels);
    pendingFrames += BLOCK_FRAMES;
    if (fileFrames + pendingFrames >= maxFrames) finish();
  }

  function fillGap(from: MonotonicMs, blocks: number): void {
    // After a long gap the next block begins a new file, whose sidecar tells its time.
    if (blocks * BLOCK_MS > LONGEST_GAP_MS) finish();
    else for (let done = 0; done < blocks; done += 1) append(null, asMonotonic(from + done * BLOCK_MS));
  }

  return {
    name: "wav-file",
    channels,
    clock: "exact",
    get roomFrames() {
      return pacer.roomFrames;
    },
    get nextHeardAt() {
      return pacer.nextHeardAt;
    },
    get underruns() {
      return underruns;
    },
    open: () =>
      onDisk(() => {
        mkdirSync(folder, { recursive: true });
        pacer.start();
        begin(pacer.nextHeardAt);
      }),
    poll() {
      const gapAt = pacer.nextHeardAt;
      const missed = pacer.catchUp();
      if (missed === 0) return ok(undefined);
      underruns += 1;
      return onDisk(() => fillGap(gapAt, missed));
    },
    write: (block) =>
      onDisk(() => {
        append(block, pacer.nextHeardAt);
        pacer.advance();
      }),
    close() {
      onDisk(finish);
    },
  };
}

function onDisk(act: () => void): Result<void, SinkFailure> {
  try {
    act();
    return ok(undefined);
  } catch (error) {
    const isFull =
      error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
    return fail(isFull ? "disk-full" : "io");
  }
}

/** Names are times, so their order is the order of recording. */
function removeOld(folder: string, keep: number): void {
  const names = readdirSync(folder).filter((name) => name.endsWith(".wav"));
  for (const name of names.sort().slice(0, -keep)) {
    rmSync(join(folder, name), { force: true });
    rmSync(join(folder, name.replace(/wav$/, "json")), { force: true });
  }
}
