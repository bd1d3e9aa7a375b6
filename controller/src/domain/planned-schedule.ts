import { durationOf, type PlanItem } from "@loa/shared/broadcast/air-item.ts";
import { CHIME_MS } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import { addDays, DAY_MS, HOUR_MS, type LocalDate, SECOND_MS } from "@loa/shared/kernel/time.ts";
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

/** A schedule in the words of the plan, with all that its items need. */
export interface MadeSchedule {
  /** As the clusters hear it whose turn is the first. */
  readonly planned: PlannedSchedule;
  /** Whether the others wait for their turn. */
  readonly turns: boolean;
  readonly clips: readonly Clip[];
  readonly relays: readonly RelaySource[];
}

export type ContentTables = Pick<PlanTables, "programmes" | "clips" | "relays">;

/** Null when its programme, a bulletin, a clip or a relay is not there. */
export function madeOf(schedule: ScheduleInput, tables: ContentTables): MadeSchedule | null {
  if (schedule.class === "emergency") return null;
  const items: PlanItem[] = [];
  const clips: Clip[] = [];
  const relays: RelaySource[] = [];
  for (const item of tables.programmes.get(schedule.programmeId) ?? []) {
    if ("bulletin" in item) {
      const clip = tables.clips.get(item.bulletin);
      if (clip === undefined) return null;
      clips.push(clip);
      items.push({ kind: "clip", sha256: clip.sha256, durationMs: clip.durationMs, end: item.end });
    } else {
      const relay = tables.relays.get(item.relay);
      if (relay === undefined) return null;
      relays.push(relay);
      items.push({ kind: "relay", relay: relay.id, durationMs: item.durationMs, end: item.end });
    }
  }
  if (items.length === 0) return null;
  const { id, title, order, recurrence, effectiveFrom, chime, exception } = schedule;
  const of = { id, title, class: schedule.class, order, recurrence, effectiveFrom };
  return { planned: { ...of, turnMs: 0, chime, items, exception }, turns: schedule.turns, clips, relays };
}

/** How long one occurrence sounds, the chime included. */
export function soundingMs({ chime, items }: PlannedSchedule): number {
  return (chime ? CHIME_MS : 0) + durationOf(items);
}

/** Silence between two turns: the last echo of one mast before the next begins. */
const TURN_GAP_MS = 2 * SECOND_MS;
/** Whoever would begin later than this begins then, together with others. The plan allows no more. */
export const MAX_TURN_MS = 4 * HOUR_MS;

/** The schedule as clusters of this turn hear it; 0 is the first. */
export function atTurn({ planned, turns }: MadeSchedule, turn: number): PlannedSchedule {
  if (!turns || turn === 0) return planned;
  return { ...planned, turnMs: Math.min(MAX_TURN_MS, turn * (soundingMs(planned) + TURN_GAP_MS)) };
}
