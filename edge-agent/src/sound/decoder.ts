import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { audioFileEnd } from "@loa/shared/node/audio-file-end.ts";
import { declaredMsOf, outcomeOf } from "./decoder-outcome.ts";
import { SAMPLE_RATE_HZ } from "./format.ts";
import { createPcmRing } from "./pcm-ring.ts";
import type { PcmSource, SourceOutcome } from "./pcm-source.ts";

export interface DecoderRequest {
  readonly ffmpegPath: string;
  /** A local file; never an address. */
  readonly path: string;
  readonly offsetMs: number;
  /** Silence of ffmpeg after which it counts as hung, once it has given samples. */
  readonly hangAfterMs?: number;
}

/** Spawning, probing and seeking to the first sample takes a busy Pi about 2 s. */
const FIRST_SAMPLE_WITHIN_MS = 8_000;
const HANG_AFTER_MS = 1_000;
/** A longer step between two looks was ours (a stalled process), not the decoder's. */
const LONGEST_STEP_MS = 100;
/** 2 s of sound: it outlives a hiccup of the disk and keeps memory at 192 KiB a voice. */
const RING_FRAMES = 2 * SAMPLE_RATE_HZ;
/** We take from the pipe in pieces of at least this, about once a second: small ones would cost an object a tick. */
const TAKE_FRAMES = SAMPLE_RATE_HZ / 2;
/** Silence of the decoder matters when less than this is left: a slow disk may take its time before. */
const SHORT_FRAMES = SAMPLE_RATE_HZ / 2;
/** The description of the input comes first; later lines are complaints we do not need. */
const STDERR_LIMIT_CHARS = 8_192;

/** Playlists and image formats are not on the list, so a file cannot send ffmpeg anywhere else. */
const CONTAINERS = "mp3,aac,mov,mp4,m4a,ogg,flac,wav,w64,matroska,webm";

/**
 * One ffmpeg child that decodes a file to mono s16le at 48 kHz. When nobody reads, our ring fills, we stop taking
 * from the pipe and ffmpeg waits: that is how it is started ahead of time, and why resuming is exact.
 */
export function startDecoder(request: DecoderRequest): PcmSource {
  const sizeBytes = sizeOf(request.path);
  if (sizeBytes === null) return failedSource("clip-missing");
  if (sizeBytes === 0) return failedSource("not-audio");

  const ring = createPcmRing(RING_FRAMES);
  const child = spawn(request.ffmpegPath, decoderArguments(request), {
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const { stdout, stderr } = child;
  let outcome: SourceOutcome | null = null;
  let description = "";
  let spawned = true;
  let waitedMs = 0;
  let watchedAt: MonotonicMs | null = null;

  const gone = new Promise<void>((resolve) => {
    child.on("error", () => {
      spawned = false;
      outcome ??= "decoder-died";
      resolve();
    });
    child.on("close", (exitCode) => {
      outcome ??= outcomeOf({
        exitCode: spawned ? exitCode : null,
        frames: ring.total,
        offsetMs: request.offsetMs,
        declaredMs: declaredMsOf(description),
        isCut: audioFileEnd(request.path) === "cut",
      });
      resolve();
    });
  });
  stdout.on("readable", take);
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => {
    if (description.length < STDERR_LIMIT_CHARS) description += text;
  });

  /** Moves from the pipe what the ring has room for. Asking an empty pipe is how Node notices its end. */
  function take(): void {
    while (ring.free >= TAKE_FRAMES) {
      const bytes: Buffer | null = stdout.read(Math.min(stdout.readableLength, (ring.free - 1) * 2));
      if (bytes === null) return;
      waitedMs = 0;
      ring.push(bytes);
    }
  }

  function end(how: SourceOutcome): void {
    outcome ??= how;
    child.kill("SIGKILL");
  }

  return {
    get available() {
      return ring.length;
    },
    get outcome() {
      return outcome;
    },
    read(into, from, count) {
      const taken = ring.read(into, from, count);
      take();
      return taken;
    },
    watch(now) {
      if (outcome !== null) return;
      const isShort = ring.length < SHORT_FRAMES;
      if (watchedAt !== null && isShort) waitedMs += Math.min(now - watchedAt, LONGEST_STEP_MS);
      watchedAt = now;
      const limitMs = ring.total === 0 ? FIRST_SAMPLE_WITHIN_MS : (request.hangAfterMs ?? HANG_AFTER_MS);
      if (waitedMs > limitMs) end("decoder-hung");
    },
    close() {
      end("complete");
      stdout.destroy();
      return gone;
    },
  };
}

function decoderArguments(request: DecoderRequest): readonly string[] {
  const seek = request.offsetMs > 0 ? ["-ss", (request.offsetMs / 1_000).toFixed(3)] : [];
  return [
    ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info", "-threads", "1"],
    ...["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS],
    ...seek,
    ...["-i", `file:${request.path}`, "-map", "0:a:0", "-vn", "-sn", "-dn"],
    ...["-ac", "1", "-ar", String(SAMPLE_RATE_HZ), "-f", "s16le", "pipe:1"],
  ];
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

/** A source that was over before it began. */
export function failedSource(outcome: SourceOutcome): PcmSource {
  return { available: 0, outcome, read: () => 0, watch() {}, close: () => Promise.resolve() };
}
