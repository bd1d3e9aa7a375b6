import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** A decoder with bounds that the kernel keeps, whatever the file makes it do. */
export type BoundedChild = ChildProcessByStdio<Writable, Readable, Readable>;

export interface ChildLimits {
  /** Memory of its own, KiB; ffmpeg needs about 30 MiB for sound. */
  readonly memoryKiB: number;
  /** CPU time, s; null for what may run for months. */
  readonly cpuSeconds: number | null;
}

/** A single file that wants more than this is not a bulletin: 10 h of mp3 take 600 s on a Pi 4. */
export const CLIP_LIMITS: ChildLimits = { memoryKiB: 192 * 1_024, cpuSeconds: 1_800 };
export const STREAM_LIMITS: ChildLimits = { memoryKiB: 192 * 1_024, cpuSeconds: null };

/** What the shell says when it finds no program (POSIX, 2.8.2): nothing was run. */
export function isNotFound(exitCode: number | null): boolean {
  return exitCode === 126 || exitCode === 127;
}

/**
 * The shell only sets the limits and then becomes ffmpeg: program and arguments reach it as words, never as text to
 * read. Zero blocks of file size mean that the child writes nothing to the disk, a core dump included.
 */
export function spawnBounded(program: string, words: readonly string[], limits: ChildLimits): BoundedChild {
  const cpu = limits.cpuSeconds === null ? "" : `ulimit -t ${limits.cpuSeconds};`;
  const script = `ulimit -d ${limits.memoryKiB}; ulimit -f 0; ${cpu} exec "$0" "$@"`;
  return spawn("/bin/sh", ["-c", script, program, ...words], { stdio: ["pipe", "pipe", "pipe"] });
}
