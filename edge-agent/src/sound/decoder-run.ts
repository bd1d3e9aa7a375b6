import { CLIP_LIMITS, isNotFound, spawnBounded } from "./bounded-child.ts";
import { FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";

export interface DecoderRunOptions {
  readonly ffmpegPath: string;
  readonly path: string;
  /** The first frame that is wanted. */
  readonly fromFrame: number;
  readonly channels: number;
  /** Frames that fit now. */
  readonly room: () => number;
  /** Whole frames of interleaved s16le. */
  readonly onFrames: (bytes: Uint8Array) => void;
}

/** One ffmpeg child that decodes a file. When nobody takes, its pipe is full and it waits. */
export interface DecoderRun {
  /** Moves what there is room for; called whenever there is some. */
  take(): void;
  kill(): void;
  /** When the child and its pipes are gone. */
  readonly gone: Promise<RunEnd>;
}

export interface RunEnd {
  /** `null` when a signal ended it, or when it never ran. */
  readonly exitCode: number | null;
  /** ffmpeg was not there: a second run would end the same way. */
  readonly wasFound: boolean;
  /** ffmpeg's description of the file, and its first complaints. */
  readonly description: string;
}

/** Frames are taken in pieces of at least this, twice a second: small ones would cost an object a tick. */
export const TAKE_FRAMES = SAMPLE_RATE_HZ / 2;
/** The description of the input comes first; later lines are complaints that we do not need. */
const DESCRIPTION_LIMIT_CHARS = 8_192;
/**
 * Joining in the middle decodes so much before the place and throws it away: mp3 borrows from the frames before
 * (ISO/IEC 11172-3, 2.4.3.4), Opus wants 80 ms to settle (RFC 7845, 4.6). Measured for wav, flac, opus, mp3 (CBR, VBR,
 * without header), m4a and aac: the very sample, and from the first one on as if it had been decoded from the beginning.
 */
const RUN_UP_S = 1;

/** Playlists and image formats are not on the list, so a file cannot send ffmpeg anywhere else. */
const CONTAINERS = "mp3,aac,mov,mp4,m4a,ogg,flac,wav,w64,matroska,webm";
/** One piece of memory; headers that ask for more are lies. */
const ALLOCATION_LIMIT_BYTES = 64 * 1_024 * 1_024;

export function startDecoderRun(options: DecoderRunOptions): DecoderRun {
  const child = spawnBounded(options.ffmpegPath, decoderWords(options), CLIP_LIMITS);
  const { stdout, stderr } = child;
  const frameBytes = options.channels * 2;
  let description = "";
  let hasExited = false;

  // It reads its file and nothing else.
  child.stdin.on("error", () => {});
  child.stdin.end();
  stdout.on("readable", take);
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => {
    if (description.length < DESCRIPTION_LIMIT_CHARS) description += text;
  });
  const gone = new Promise<RunEnd>((resolve) => {
    child.on("error", () => resolve({ exitCode: null, wasFound: false, description }));
    child.on("exit", () => {
      hasExited = true;
      take();
    });
    child.on("close", (exitCode) => {
      const wasFound = !isNotFound(exitCode);
      resolve({ exitCode: wasFound ? exitCode : null, wasFound, description });
    });
  });

  /** Asking an empty pipe is how Node notices its end. */
  function take(): void {
    for (let room = options.room(); room >= TAKE_FRAMES || hasExited; room = options.room()) {
      const waiting = stdout.readableLength;
      const fits = Math.min(waiting - (waiting % frameBytes), room * frameBytes);
      if (fits === 0 && waiting >= frameBytes) return;
      // A decoder that was killed leaves half a frame, which would turn left into right.
      const bytes: Buffer | null = stdout.read(fits === 0 && hasExited ? waiting : fits);
      if (bytes === null || bytes.length < frameBytes) return;
      options.onFrames(bytes);
    }
  }

  return {
    take,
    kill() {
      child.kill("SIGKILL");
      stdout.destroy();
    },
    gone,
  };
}

function decoderWords({ channels, fromFrame, path }: DecoderRunOptions): readonly string[] {
  const runUpS = Math.min(RUN_UP_S, fromFrame / SAMPLE_RATE_HZ);
  const seek = fromFrame > 0 ? ["-ss", (fromFrame / SAMPLE_RATE_HZ - runUpS).toFixed(6)] : [];
  const drop = fromFrame > 0 ? ["-ss", runUpS.toFixed(6)] : [];
  return [
    ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info", "-threads", "1"],
    ...["-max_alloc", String(ALLOCATION_LIMIT_BYTES)],
    ...["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS],
    ...[...seek, "-i", `file:${path}`, ...drop, "-map", "0:a:0", "-vn", "-sn", "-dn"],
    ...["-ac", String(channels), "-ar", String(SAMPLE_RATE_HZ), "-f", "s16le", "pipe:1"],
  ];
}

/** Frames of 48 kHz, to the nearest. */
export function frameAt(ms: number): number {
  return Math.round(ms * FRAMES_PER_MS);
}
