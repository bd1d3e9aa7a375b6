import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import { addDays, DAY_MS, type LocalDate } from "@loa/shared/kernel/time.ts";
import type { PlanTables, ScheduleInput } from "./plan-tables.ts";

/** Whether a schedule has any business on a box that day: withdrawn, waiting, emergency-class and ended ones have none. */
export function isInPlans(schedule: ScheduleInput, date: LocalDate): boolean {
  return (
    schedule.standing === "in-force" && schedule.class !== "emergency" && !hasEnded(schedule.recurrence, date)
  );
}

/** What starts on its last day may repeat and sound into the next days; it stays in the plan until that is over. */
function hasEnded({ to, repeat }: Recurrence, date: LocalDate): boolean {
  if (to === null) return false;
  const repeatDays = repeat === null ? 0 : Math.ceil((repeat.times * repeat.everyMs) / DAY_MS);
  return addDays(to, 1 + repeatDays) < date;
}

/** A schedule in the words of the plan; null when its programme, a bulletin or a clip is not there. */
export function plannedOf(
  schedule: ScheduleInput,
  tables: Pick<PlanTables, "programmes" | "clips">,
): PlannedSchedule | null {
  if (schedule.class === "emergency") return null;
  const bulletins = tables.programmes.get(schedule.programmeId) ?? [];
  const items = bulletins.flatMap((id) => {
    const clip = tables.clips.get(id);
    return clip === undefined
      ? []
      : [{ kind: "clip" as const, sha256: clip.sha256, durationMs: clip.durationMs, end: "soft" as const }];
  });
  if (items.length === 0 || items.length < bulletins.length) return null;
  const { id, title, order, recurrence, effectiveFrom, exception } = schedule;
  return {
    id,
    title,
    class: schedule.class,
    order,
    recurrence,
    effectiveFrom,
    turnMs: 0,
    chime: false,
    items,
    exception,
  };
}
