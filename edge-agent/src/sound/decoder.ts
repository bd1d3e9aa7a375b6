import { statSync } from "node:fs";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { audioFileEnd } from "@loa/shared/node/audio-file-end.ts";
import { declaredMsOf, outcomeOf } from "./decoder-outcome.ts";
import { type DecoderRun, frameAt, type RunEnd, startDecoderRun, TAKE_FRAMES } from "./decoder-run.ts";
import { SAMPLE_RATE_HZ } from "./format.ts";
import { createPcmRing } from "./pcm-ring.ts";
import { failedSource, type PcmSource, type SourceOutcome } from "./pcm-source.ts";

export interface DecoderRequest {
  readonly ffmpegPath: string;
  /** A local file; never an address. */
  readonly path: string;
  readonly offsetMs: number;
  /** 1 when not given. */
  readonly channels?: number;
  /** How often a child that died or hangs is replaced by one that goes on at the very next sample, 2 when not given; earned back. */
  readonly restarts?: number;
}

/** Spawning, probing and seeking to the first sample takes a busy Pi about 2 s. */
const FIRST_SAMPLE_WITHIN_MS = 8_000;
/** 2 s of sound: it outlives a hiccup of the disk, or a new child, and keeps memory at 192 KiB a channel. */
const RING_FRAMES = 2 * SAMPLE_RATE_HZ;
/**
 * We ask for more when 1.5 s are left. A child that does not answer is replaced while 0.9 s are left, so that nothing
 * is heard of it; that a card full of dust is sometimes slow costs a needless child.
 */
const REPLACE_AFTER_MS = 600;
/** The last child is waited for as long as this with next to nothing left. */
const HANG_AFTER_MS = 1_000;
const SHORT_FRAMES = SAMPLE_RATE_HZ / 2;
/** A longer step between two looks was ours (a stalled process), not the decoder's. */
const LONGEST_STEP_MS = 100;
const RESTARTS = 2;
/** After so much sound without a loss a restart is earned back: a clip of hours may lose a child now and then. */
const EARNED_BACK_FRAMES = 60 * SAMPLE_RATE_HZ;
/** Raw AAC tells its end only to who reads it all: of 1 MiB in 3 to 12 ms on a PC, while nothing is mixed. */
const END_CHECK_LIMIT_BYTES = 1_024 * 1_024;

/**
 * A file as samples, decoded by ffmpeg children. When nobody reads, our ring fills, we stop taking from the pipe and
 * ffmpeg waits: that is how it is started ahead of time, and why resuming is exact.
 */
export function startDecoder(request: DecoderRequest): PcmSource {
  const sizeBytes = sizeOf(request.path);
  if (sizeBytes === null) return failedSource("clip-missing");
  if (sizeBytes === 0) return failedSource("not-audio");

  const channels = request.channels ?? 1;
  const ring = createPcmRing(RING_FRAMES * channels);
  const framesIn = () => Math.floor(ring.total / channels);
  const length = () => Math.floor(ring.length / channels);
  // The ring wants a sample of room to spare.
  const room = () => Math.max(0, RING_FRAMES - length() - 1);
  const mostRestarts = request.restarts ?? RESTARTS;
  let restartsLeft = mostRestarts;
  /** Frames that were there at the last loss, or when a restart was earned back. */
  let wellSince = 0;
  let outcome: SourceOutcome | null = null;
  let waitedMs = 0;
  let hasAnswered = false;
  let watchedAt: MonotonicMs | null = null;
  /** The child that we hear; what an earlier one still says is void. */
  let run: DecoderRun = start();
  let gone: Promise<unknown> = Promise.resolve();

  function start(): DecoderRun {
    const started: DecoderRun = startDecoderRun({
      ffmpegPath: request.ffmpegPath,
      path: request.path,
      channels,
      fromFrame: frameAt(request.offsetMs) + framesIn(),
      room,
      onFrames(bytes) {
        if (started !== run) return;
        waitedMs = 0;
        hasAnswered = true;
        ring.push(bytes);
        earnBack();
      },
    });
    void started.gone.then((end) => {
      if (started === run && outcome === null) judge(end);
    });
    return started;
  }

  function judge(end: RunEnd): void {
    const how = outcomeOf({
      exitCode: end.exitCode,
      frames: framesIn(),
      offsetMs: request.offsetMs,
      declaredMs: declaredMsOf(end.description),
      isCut: audioFileEnd(request.path, END_CHECK_LIMIT_BYTES) === "cut",
    });
    if (how === "decoder-died" && end.wasFound && restartsLeft > 0) replace();
    else outcome = how;
  }

  function earnBack(): void {
    if (framesIn() - wellSince < EARNED_BACK_FRAMES) return;
    wellSince = framesIn();
    restartsLeft = Math.min(mostRestarts, restartsLeft + 1);
  }

  /** The next child begins where the ring ends. */
  function replace(): void {
    restartsLeft -= 1;
    wellSince = framesIn();
    waitedMs = 0;
    hasAnswered = false;
    const last = run;
    gone = Promise.all([gone, last.gone]);
    last.kill();
    run = start();
  }

  function isHung(): boolean {
    if (!hasAnswered) return waitedMs > FIRST_SAMPLE_WITHIN_MS;
    return waitedMs > (restartsLeft > 0 ? REPLACE_AFTER_MS : HANG_AFTER_MS);
  }

  return {
    get available() {
      return length();
    },
    get outcome() {
      return outcome;
    },
    live: null,
    read(into, from, count) {
      const taken = ring.read(into, from * channels, Math.min(count, length()) * channels);
      run.take();
      return taken / channels;
    },
    watch(now) {
      if (outcome !== null) return;
      const isAsking = restartsLeft > 0 ? room() >= TAKE_FRAMES : length() < SHORT_FRAMES;
      if (watchedAt !== null && isAsking) waitedMs += Math.min(now - watchedAt, LONGEST_STEP_MS);
      watchedAt = now;
      if (!isHung()) return;
      if (restartsLeft > 0 && framesIn() > 0) replace();
      else {
        outcome = "decoder-hung";
        run.kill();
      }
    },
    async close() {
      outcome ??= "complete";
      run.kill();
      await Promise.all([gone, run.gone]);
    },
  };
}

/** Null when there is no such file, or none that we may look at. */
function sizeOf(path: string): number | null {
  try {
    const file = statSync(path);
    return file.isFile() ? file.size : null;
  } catch {
    return null;
  }
}
