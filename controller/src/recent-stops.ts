import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";

/** What is raised or written while a STOP is on its way to the disk may be of its instant, or of one before. */
export interface RecentStops {
  note(area: AreaId, at: Instant): void;
  /** Areas in which one voids what is of this instant. */
  voiding(at: Instant): readonly AreaId[];
}

const KEPT_MS = MINUTE_MS;

export function createRecentStops(): RecentStops {
  const last = new Map<AreaId, Instant>();
  return {
    note(area, at) {
      for (const [known, before] of last) if (before < plus(at, -KEPT_MS)) last.delete(known);
      const before = last.get(area);
      if (before === undefined || before < at) last.set(area, at);
    },
    voiding: (at) => [...last].flatMap(([area, stoppedAt]) => (isVoidedByStop(at, stoppedAt) ? [area] : [])),
  };
}
