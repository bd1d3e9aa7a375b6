import { occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { type Emergency, occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import { MAX_SHIFT_MS } from "@loa/shared/broadcast/on-air.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import { MAX_ALIGN_DELAY_MS } from "@loa/shared/broadcast/plan.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { startsBetween } from "@loa/shared/broadcast/recurrence.ts";
import type { AreaId, BoxId, EmergencyId, OccurrenceId, ScheduleId } from "@loa/shared/kernel/ids.ts";
import {
  type Instant,
  type LocalDate,
  localDate,
  localTime,
  plus,
  SECOND_MS,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import type { PresenceState } from "./box-row.ts";
import { isInTouch } from "./fleet.ts";
import type { ScheduleInput } from "./plan-tables.ts";
import { MAX_TURN_MS } from "./planned-schedule.ts";

/** A box has this long after a start, or an end, to show that it plays, or to send its receipt. */
export const REPORT_GRACE_MS = 45 * SECOND_MS;
/** A box that is still playing is looked at again after this. */
const LOOK_AGAIN_MS = 15 * SECOND_MS;

/** What an occurrence is one instance of. */
export type SourceId = ScheduleId | EmergencyId;

/** An occurrence that was due, and the boxes whose receipt has not come. */
export interface Awaited {
  readonly id: OccurrenceId;
  readonly sourceId: SourceId;
  readonly at: Instant;
  readonly endsAt: Instant;
  readonly boxes: ReadonlySet<BoxId>;
}

/** What became due in `(after, upTo]` for boxes that share these schedules. */
export function newlyDue(
  schedules: readonly PlannedSchedule[],
  boxes: readonly BoxId[],
  after: Instant,
  upTo: Instant,
): readonly Awaited[] {
  return occurrencesBetween(schedules, plus(after, 1), plus(upTo, 1)).flatMap(
    ({ id, scheduleId, at, endsAt }) =>
      scheduleId === null ? [] : [{ id, sourceId: scheduleId, at, endsAt, boxes: new Set(boxes) }],
  );
}

/** A box as it stands at the moment of asking. */
export interface Sight {
  readonly presence: PresenceState;
  /** What it says is on the air; only believed while it is in touch. */
  readonly onAir: OccurrenceId | null;
}

export type ReceiptWait =
  | { readonly kind: "wait"; readonly until: Instant }
  /** The controller says `unknown` in the place of the box, whose own receipt replaces it later. */
  | { readonly kind: "unknown"; readonly cause: Extract<Cause, "offline" | "no-report"> };

/**
 * A missed start must be seen within 60 s. So the first look is 45 s after the start, and only a box that says at
 * that moment that it plays gets time until the end of the occurrence, which an interruption may shift.
 */
export function receiptWait(
  due: Pick<Awaited, "id" | "at" | "endsAt">,
  sight: Sight,
  now: Instant,
): ReceiptWait {
  const firstLook = plus(due.at, REPORT_GRACE_MS);
  if (now < firstLook) return { kind: "wait", until: firstLook };
  if (!isInTouch(sight.presence)) return { kind: "unknown", cause: "offline" };
  const shiftMs = sight.onAir === due.id ? MAX_SHIFT_MS : 0;
  const lastLook = plus(due.endsAt, shiftMs + REPORT_GRACE_MS);
  if (sight.onAir === null || now >= lastLook) return { kind: "unknown", cause: "no-report" };
  return { kind: "wait", until: plus(now, Math.min(LOOK_AGAIN_MS, lastLook - now)) };
}

const occurrencePattern = /^(.+)@(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)$/;

/** An id does not tell whether a schedule or an emergency has it: it is looked for in both. */
export interface OccurrenceName {
  readonly scheduleId: ScheduleId;
  readonly emergencyId: EmergencyId;
  readonly date: LocalDate;
  readonly at: Instant;
}

/** Null for a day or a time that does not exist: a box may send anything that looks like an id. */
export function readOccurrenceId(id: OccurrenceId): OccurrenceName | null {
  const [, source, day, clock] = occurrencePattern.exec(id) ?? [];
  const date = localDate.safeParse(day);
  const time = localTime.safeParse(clock);
  if (source === undefined || !date.success || !time.success) return null;
  return {
    scheduleId: source as ScheduleId,
    emergencyId: source as EmergencyId,
    date: date.data,
    at: toInstant(date.data, time.data),
  };
}

/**
 * Whether a plan can ever have asked this box for this occurrence. A box may speak weeks later, so a schedule that
 * was withdrawn meanwhile still counts.
 */
export function wasEverPlanned(
  schedule: ScheduleInput,
  name: OccurrenceName,
  dueAt: Instant,
  lineage: readonly AreaId[],
): boolean {
  if (schedule.class === "emergency" || schedule.standing === "waiting") return false;
  // Where clusters speak in turns, each was due at its own; and every one begins later by its own alignment.
  const laterMs = dueAt - name.at;
  if (laterMs < 0 || laterMs > (schedule.turns ? MAX_TURN_MS : 0) + MAX_ALIGN_DELAY_MS) return false;
  if (name.at < schedule.effectiveFrom) return false;
  if (!schedule.areas.some((area) => lineage.includes(area))) return false;
  return startsBetween(schedule.recurrence, name.at, plus(name.at, 1)).length > 0;
}

/** Whether an emergency can ever have asked this box for this occurrence. */
export function wasEverRaised(
  { emergency, areas }: { readonly emergency: Emergency; readonly areas: readonly AreaId[] },
  occurrence: OccurrenceId,
  dueAt: Instant | null,
  lineage: readonly AreaId[],
): boolean {
  const { id, at } = occurrenceOf(emergency);
  return id === occurrence && (dueAt ?? at) === at && areas.some((area) => lineage.includes(area));
}
