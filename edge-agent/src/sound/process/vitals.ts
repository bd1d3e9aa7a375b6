import { readFileSync } from "node:fs";

/** What the kernel says of a process's main thread. */
export interface Vitals {
  /** It runs, or waits for a processor: the machine is what it waits for. */
  readonly wantsToRun: boolean;
  /** Processor time so far. */
  readonly ranMs: number;
}

/** Null when it is gone, or where there is no procfs. */
export function vitalsOf(pid: number): Vitals | null {
  try {
    // proc(5): the state follows the name, which stands in brackets and may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const state = stat.charAt(stat.lastIndexOf(")") + 2);
    // Documentation/scheduler/sched-stats.rst: time on a processor in ns. The time of waiting beside it is brought up to
    // date only when the waiting is over.
    const [ranNs] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ");
    return { wantsToRun: state === "R", ranMs: Number(ranNs) / 1e6 };
  } catch {
    return null;
  }
}

/** Between two looks `stepMs` apart it wanted to run and was hardly let: its silence says nothing. */
export function wasStarved(before: Vitals | null, after: Vitals | null, stepMs: number): boolean {
  if (before === null || after === null) return false;
  return before.wantsToRun && after.wantsToRun && after.ranMs - before.ranMs < stepMs / 4;
}
