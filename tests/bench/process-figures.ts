import { childrenOf, readOrEmpty } from "../support/own-process.ts";

/** Clock ticks a second of `/proc/{pid}/stat` (proc(5)); fixed at 100 on every Linux that we run on. */
const TICKS_PER_SECOND = 100;
/** Behind the name in `/proc/{pid}/stat`: user and system time are the 14th and 15th field of all. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Processor time of a process so far, s. Zero when it is gone. */
export function cpuSeconds(pid: number): number {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TICKS] ?? 0) + Number(fields[SYSTEM_TICKS] ?? 0)) / TICKS_PER_SECOND;
}

/** The same of its direct children that run now. */
export function cpuSecondsOfChildren(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), 0);
}

/** Everything that a process has started and that runs now, children of children too. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Resident memory, MB of 1,000,000 bytes as `ps` does not count but people do. */
export function residentMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return (Number(kib ?? 0) * 1_024) / 1_000_000;
}
