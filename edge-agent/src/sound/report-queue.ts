import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SoundReport } from "../ports.ts";

/** Holds reports until what they say has been heard: the engine works ahead of the ear by the sink's buffer. */
export interface ReportQueue {
  add(report: SoundReport): void;
  /** Hands over, in the order of their times, what is true by `now`. */
  deliver(now: MonotonicMs, listener: (report: SoundReport) => void): void;
}

export function createReportQueue(): ReportQueue {
  const waiting: SoundReport[] = [];
  return {
    add(report) {
      let at = waiting.length;
      while (at > 0 && (waiting[at - 1]?.at ?? 0) > report.at) at -= 1;
      waiting.splice(at, 0, report);
    },
    deliver(now, listener) {
      while (waiting.length > 0) {
        const next = waiting[0];
        if (next === undefined || next.at > now) return;
        waiting.shift();
        listener(next);
      }
    },
  };
}
