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

/** Where there is no `chrt` nothing is inherited (`process/real-time.ts`). */
const AS_ORDINARY = `command -v chrt >/dev/null && exec chrt --other 0 "$0" "$@";`;

/** What the shell says when it finds no program (POSIX, 2.8.2): nothing was run. */
export function isNotFound(exitCode: number | null): boolean {
  return exitCode === 126 || exitCode === 127;
}

/**
 * The shell only sets the limits and then becomes ffmpeg: program and arguments reach it as words, never as text to
 * read. Zero blocks of file size mean that the child writes nothing to the disk, a core dump included.
 *
 * Node stands still until the child runs its program, so the shell starts with the real-time priority of the thread
 * that mixes; on a busy machine that thread would wait 0.1 s for it otherwise (measured). `chrt` gives it up at once.
 */
export function spawnBounded(program: string, words: readonly string[], limits: ChildLimits): BoundedChild {
  const cpu = limits.cpuSeconds === null ? "" : `ulimit -t ${limits.cpuSeconds};`;
  const script = `ulimit -d ${limits.memoryKiB}; ulimit -f 0; ${cpu} ${AS_ORDINARY} exec "$0" "$@"`;
  return spawn("/bin/sh", ["-c", script, program, ...words], { stdio: ["pipe", "pipe", "pipe"] });
}
