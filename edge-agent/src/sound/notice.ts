import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BUILT_IN_NOTICE_MS } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { SoundFailure } from "../ports.ts";
import { FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";
import type { Severity } from "./siren.ts";

/** The spoken words that are built into the box. */
export interface Notices {
  /**
   * Mono s16 of exactly `BUILT_IN_NOTICE_MS`; null while they are still being decoded; or why they cannot be said, and
   * who asks again has them decoded again: a disk that was slow at the start is not slow for ever.
   */
  pcm(severity: Severity): Int16Array | SoundFailure | null;
}

export interface LoadedNotices extends Notices {
  /** Resolves when both are decoded or given up. */
  readonly ready: Promise<void>;
}

export interface NoticeOptions {
  readonly ffmpegPath: string;
  readonly log: Log;
  /** `notice-actual.opus` and `notice-exercise.opus`. */
  readonly folder?: string;
}

const ASSETS = fileURLToPath(new URL("../../assets", import.meta.url));
const DECODE_LIMIT_MS = 10_000;

/** Decodes both beforehand, so that they wait for no decoder when they are needed. The engine runs meanwhile. */
export function loadNotices(options: NoticeOptions): LoadedNotices {
  const known: Record<Severity, Int16Array | SoundFailure | null> = { actual: null, exercise: null };
  const load = async (severity: Severity) => {
    const pcm = await decode(options, severity).catch((): SoundFailure => "decoder-died");
    if (typeof pcm === "string") options.log.error("sound.notice-missing", { severity, reason: pcm });
    known[severity] = pcm;
  };
  const ready = Promise.all([load("actual"), load("exercise")]).then(() => undefined);
  return {
    pcm(severity) {
      const found = known[severity];
      if (typeof found === "string") {
        known[severity] = null;
        void load(severity);
      }
      return found;
    },
    ready,
  };
}

function decode(options: NoticeOptions, severity: Severity): Promise<Int16Array | SoundFailure> {
  const path = `${options.folder ?? ASSETS}/notice-${severity}.opus`;
  const pcm = new Int16Array(BUILT_IN_NOTICE_MS[severity] * FRAMES_PER_MS);
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
