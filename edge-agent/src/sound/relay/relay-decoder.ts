import { once } from "node:events";
import { type BoundedChild, isNotFound, STREAM_LIMITS, spawnBounded } from "../bounded-child.ts";
import { SAMPLE_RATE_HZ } from "../format.ts";
import type { LiveBuffer } from "./live-buffer.ts";
import type { SoundFormat } from "./sound-format.ts";

export type DecoderInput =
  /** Bytes that we fetched, through a pipe: ffmpeg reaches nothing else. */
  | { readonly kind: "bytes"; readonly format: SoundFormat }
  /** A protocol that ffmpeg speaks itself, through our own forwarder on the loopback. */
  | { readonly kind: "forwarded"; readonly words: readonly string[] };

/** One ffmpeg child that puts what it decodes into a live buffer, and waits when there is no room. */
export interface RelayDecoder {
  /** Resolves when it may be fed again; at once when it has ended. */
  feed(bytes: Uint8Array): Promise<void>;
  /** No more bytes; what is inside still comes out. */
  endInput(): void;
  /** How it ended: `empty` means that it ran well and never gave a sample. */
  readonly ended: Promise<DecoderEnd>;
  readonly isRunning: boolean;
  /** Takes what the buffer has room for; called after each read of the buffer. */
  take(): void;
  /** The attempt that fed it has failed: it goes with it if it no longer answers, and else waits to be fed again. */
  letGo(): void;
  kill(): void;
}

export type DecoderEnd = "ended" | "empty" | "no-decoder";

/** A second of Ogg is one page; whoever was fed more and gave nothing hangs. */
const UNANSWERED_BYTES = 16_384;

/** ffmpeg's names of the demuxers. */
const DEMUXERS = {
  mp3: "mp3",
  aac: "aac",
  ogg: "ogg",
  flac: "flac",
  wav: "wav",
  mpegts: "mpegts",
  mp4: "mov",
  webm: "matroska",
  flv: "flv",
} as const satisfies Record<SoundFormat, string>;

export function startRelayDecoder(
  ffmpegPath: string,
  input: DecoderInput,
  channels: number,
  buffer: LiveBuffer,
): RelayDecoder {
  const child: BoundedChild = spawnBounded(ffmpegPath, decoderWords(input, channels), STREAM_LIMITS);
  const frameBytes = channels * 2;
  let frames = 0;
  let unansweredBytes = 0;
  let isRunning = true;
  let hasExited = false;

  const ended = new Promise<DecoderEnd>((resolve) => {
    const finish = (end: DecoderEnd) => {
      isRunning = false;
      resolve(end);
    };
    child.on("error", () => finish("no-decoder"));
    child.on("exit", () => {
      hasExited = true;
      take();
    });
    child.on("close", (exitCode) => {
      if (isNotFound(exitCode)) finish("no-decoder");
      else finish(frames > 0 ? "ended" : "empty");
    });
  });
  // It may die while we write: its end is told by `ended`.
  child.stdin.on("error", () => {});
  child.stdout.on("readable", take);
  child.stderr.resume();

  function kill(): void {
    child.kill("SIGKILL");
    child.stdout.destroy();
  }

  function take(): void {
    for (;;) {
      const waiting = child.stdout.readableLength;
      const fits = Math.min(waiting, buffer.room * frameBytes);
      if (waiting >= frameBytes && fits < frameBytes) return;
      // Half a frame is left only by a decoder that was killed. Asking an empty pipe is how Node notices its end.
      const isRest = waiting < frameBytes && hasExited;
      const bytes: Buffer | null = child.stdout.read(isRest ? waiting : fits - (fits % frameBytes));
      if (bytes === null || bytes.length < frameBytes) return;
      frames += bytes.length / frameBytes;
      unansweredBytes = 0;
      buffer.push(bytes);
    }
  }

  return {
    async feed(bytes) {
      unansweredBytes += bytes.length;
      if (!isRunning || child.stdin.write(bytes)) return;
      await Promise.race([once(child.stdin, "drain").catch(() => {}), ended]);
    },
    endInput() {
      child.stdin.end();
    },
    ended,
    get isRunning() {
      return isRunning;
    },
    take,
    letGo() {
      if (unansweredBytes > UNANSWERED_BYTES) kill();
    },
    kill,
  };
}

function decoderWords(input: DecoderInput, channels: number): readonly string[] {
  const from =
    input.kind === "bytes"
      ? ["-protocol_whitelist", "pipe", "-f", DEMUXERS[input.format], "-i", "pipe:0"]
      : input.words;
  return [
    ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-threads", "1"],
    // 64 MiB for one piece of memory; a sane stream needs kilobytes.
    ...["-max_alloc", String(64 * 1_024 * 1_024)],
    // The first sound comes as soon as the first frames say what they are. (`nobuffer` would throw those away.)
    ...["-probesize", "32768", "-analyzeduration", "500000"],
    ...from,
    ...["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", String(channels), "-ar", String(SAMPLE_RATE_HZ)],
    ...["-f", "s16le", "-flush_packets", "1", "pipe:1"],
  ];
}
