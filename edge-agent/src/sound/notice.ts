import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  BUILT_IN_NOTICE_MS,
  type BuiltInWords,
  builtInWords,
} from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { SoundFailure } from "../ports.ts";
import { FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";

/** The spoken words that are built into the box. */
export interface Notices {
  /**
   * Mono s16 of exactly `BUILT_IN_NOTICE_MS`; null while they are still being decoded; or why they cannot be said, and
   * who asks again has them decoded again: a disk that was slow at the start is not slow for ever.
   */
  pcm(words: BuiltInWords): Int16Array | SoundFailure | null;
}

export interface LoadedNotices extends Notices {
  /** Resolves when all are decoded or given up. */
  readonly ready: Promise<void>;
}

export interface NoticeOptions {
  readonly ffmpegPath: string;
  readonly log: Log;
  /** `notice-actual.opus`, `notice-exercise.opus` and `notice-correction.opus`. */
  readonly folder?: string;
}

const ASSETS = fileURLToPath(new URL("../../assets", import.meta.url));
const DECODE_LIMIT_MS = 10_000;

/** Decodes all beforehand, so that they wait for no decoder when they are needed. The engine runs meanwhile. */
export function loadNotices(options: NoticeOptions): LoadedNotices {
  const known: Record<BuiltInWords, Int16Array | SoundFailure | null> = {
    actual: null,
    exercise: null,
    correction: null,
  };
  const load = async (words: BuiltInWords) => {
    const pcm = await decodeNotice(options, words);
    if (typeof pcm === "string") options.log.error("sound.notice-missing", { words, reason: pcm });
    known[words] = pcm;
  };
  const ready = Promise.all(builtInWords.map(load)).then(() => undefined);
  return {
    pcm(words) {
      const found = known[words];
      if (typeof found === "string") {
        known[words] = null;
        void load(words);
      }
      return found;
    },
    ready,
  };
}

export function noticePath({ folder }: NoticeOptions, words: BuiltInWords): string {
  return `${folder ?? ASSETS}/notice-${words}.opus`;
}

/** Mono s16 of exactly `BUILT_IN_NOTICE_MS`, with silence at its end; or why there is none. */
export function decodeNotice(
  options: NoticeOptions,
  words: BuiltInWords,
): Promise<Int16Array | SoundFailure> {
  return decode(options, words).catch((): SoundFailure => "decoder-died");
}

function decode(options: NoticeOptions, words: BuiltInWords): Promise<Int16Array | SoundFailure> {
  const path = noticePath(options, words);
  const pcm = new Int16Array(BUILT_IN_NOTICE_MS[words] * FRAMES_PER_MS);
  const bytes = new Uint8Array(pcm.buffer);
  let length = 0;
  return new Promise((resolve) => {
    const child = spawn(
      options.ffmpegPath,
      [
        ...["-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1", "-i", `file:${path}`],
        ...["-map", "0:a:0", "-ac", "1", "-ar", String(SAMPLE_RATE_HZ), "-f", "s16le", "pipe:1"],
      ],
      {
        stdio: ["ignore", "pipe", "ignore"],
        windowsHide: true,
        timeout: DECODE_LIMIT_MS,
        killSignal: "SIGKILL",
      },
    );
    child.stdout.on("data", (chunk: Uint8Array) => {
      const taken = chunk.subarray(0, bytes.length - length);
      bytes.set(taken, length);
      length += taken.length;
    });
    child.on("error", () => resolve("decoder-died"));
    child.on("close", (exitCode) => {
      if (exitCode === null) resolve("decoder-died");
      else resolve(exitCode === 0 && length > 0 ? pcm : "clip-missing");
    });
  });
}
