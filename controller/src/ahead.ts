import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Ahead } from "./domain/readiness.ts";
import { createNextOccurrences } from "./next-occurrence.ts";
import type { PlanKeeper } from "./plan-keeper.ts";

/** What lies ahead of each box, and since when that is so: a box needs a moment to speak of what has become its next. */
export interface AheadOfBoxes {
  of(box: BoxId, now: Instant): Ahead;
  forget(box: BoxId): void;
}

/** Asked at least once a minute for every box, so that `since` is never later than that. */
export function createAhead(plans: () => PlanKeeper): AheadOfBoxes {
  const nextOf = createNextOccurrences();
  const known = new Map<BoxId, Ahead>();
  return {
    of(box, now) {
      const schedules = plans().stateOf(box)?.group?.schedules;
      const next = schedules === undefined ? null : nextOf(schedules, now);
      const before = known.get(box);
      const isSame = before !== undefined && before.next?.occurrenceId === next?.id;
      if (isSame && before.next?.dueAt === next?.at) return before;
      const shown = next === null ? null : { occurrenceId: next.id, title: next.title, dueAt: next.at };
      const ahead = { next: shown, since: isSame ? before.since : now };
      known.set(box, ahead);
      return ahead;
    },
    forget(box) {
      known.delete(box);
    },
  };
}
