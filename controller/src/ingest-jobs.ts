import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { Sha256, UserId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { type IngestPhase, ingestPhases } from "./media/media-port.ts";

export const jobPhases = ["receiving", ...ingestPhases, "storing", "done", "refused"] as const;
export type JobPhase = "receiving" | IngestPhase | "storing" | "done" | "refused";

/** How far one upload is. */
export interface IngestJob {
  readonly phase: JobPhase;
  /** Of everything behind the upload itself, 0 to 100. */
  readonly percent: number;
  /** When it is done. */
  readonly clip: Sha256 | null;
  /** When it is refused: the literal of the answer that the sender got. */
  readonly code: string | null;
}

/** What runs, and what has ended a moment ago, by the name that its sender gave it. */
export interface IngestJobs {
  /** Null when this person has another one of that name under way. */
  begin(by: UserId, name: string): IngestReport | null;
  find(by: UserId, name: string): IngestJob | null;
}

export interface IngestReport {
  tell(phase: Exclude<JobPhase, "done" | "refused">, share: number): void;
  done(clip: Sha256): void;
  refused(code: string): void;
}

/** Whoever lost the answer may still ask for so long. */
const KEPT_MS = 10 * MINUTE_MS;
/** More than can wait at once; the oldest that ended go first. */
const MAX_KEPT = 200;

/** Where each phase begins and ends, percent, as measured with speech of half an hour in two renditions. */
const spans = {
  receiving: [0, 0],
  waiting: [0, 0],
  checking: [0, 2],
  decoding: [2, 32],
  measuring: [32, 37],
  encoding: [37, 98],
  storing: [98, 100],
} as const satisfies Record<Exclude<JobPhase, "done" | "refused">, readonly [number, number]>;

interface Kept {
  job: IngestJob;
  endedAt: number | null;
}

export function createIngestJobs(clock: Pick<Clock, "monotonic">): IngestJobs {
  const jobs = new Map<string, Kept>();
  const keyOf = (by: UserId, name: string) => `${by} ${name}`;

  function forgetOld(): void {
    const now = clock.monotonic();
    for (const [key, { endedAt }] of jobs) {
      if (endedAt !== null && (jobs.size > MAX_KEPT || now - endedAt > KEPT_MS)) jobs.delete(key);
    }
  }

  return {
    begin(by, name) {
      forgetOld();
      const key = keyOf(by, name);
      if (jobs.get(key)?.endedAt === null) return null;
      const kept: Kept = { job: underWay("receiving", 0), endedAt: null };
      jobs.set(key, kept);
      const end = (job: IngestJob) => {
        kept.job = job;
        kept.endedAt = clock.monotonic();
      };
      return {
        tell(phase, share) {
          kept.job = underWay(phase, share);
        },
        done: (clip) => end({ phase: "done", percent: 100, clip, code: null }),
        refused: (code) => end({ phase: "refused", percent: 100, clip: null, code }),
      };
    },
    find: (by, name) => jobs.get(keyOf(by, name))?.job ?? null,
  };
}

function underWay(phase: keyof typeof spans, share: number): IngestJob {
  const [from, to] = spans[phase];
  return { phase, percent: Math.floor(from + (to - from) * Math.min(1, share)), clip: null, code: null };
}
