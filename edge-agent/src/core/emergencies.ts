import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { type AirItem, durationOf } from "@loa/shared/broadcast/air-item.ts";
import { BUILT_IN_NOTICE_MS, type BuiltInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import { type Emergency, MAX_EMERGENCY_MS, occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import { isConfirmed } from "./box-time.ts";
import { put, type RecordChange } from "./effect.ts";
import type { KnownEmergency, Memory } from "./memory.ts";
import type { AgentState } from "./state.ts";

/** More than these are known at no time; see `withRoomFor`. */
export const MAX_EMERGENCIES = 32;
/** As many are known as cancelled; see `isRoomToCancel`. */
const MAX_CANCELLED = 1_024;
/** Longest time for which one that is cancelled is known as such; what says more was written without the time. */
const LONGEST_CANCELLED_MS = 2 * MAX_EMERGENCY_MS;
/** What has expired is forgotten so long after: until then its receipt is given. */
const KEEP_MS = HOUR_MS;

const NONE: readonly Occurrence[] = [];

/** Every emergency that the box knows, as occurrences at the top of the ladder. */
export function emergencyOccurrences({ memory, time }: Pick<AgentState, "memory" | "time">) {
  if (memory.emergencies.size === 0) return NONE;
  const isClockTrue = isConfirmed(time.trust);
  return [...memory.emergencies.values()].map((one) => emergencyOccurrence(one, isClockTrue));
}

/**
 * Whom nobody has told the time counts the rest of its life from when it came to know it: an emergency never waits
 * for the clock, and none speaks for ever.
 */
export function emergencyOccurrence(known: KnownEmergency, isClockTrue: boolean): Occurrence {
  const whole = occurrenceOf(known.emergency, wordsOf(known));
  const items = known.isClipSaid ? whole.items : whole.items.map((item) => withoutClip(item, known));
  const durationMs = durationOf(items);
  const voidAt = isClockTrue ? whole.voidAt : plus(known.knownAt, known.lifeMs);
  return { ...whole, items, durationMs, endsAt: plus(whole.at, durationMs), voidAt };
}

/** Which of the built-in words are its own. */
function wordsOf({ emergency, isCorrection }: KnownEmergency): BuiltInWords {
  return isCorrection ? "correction" : emergency.severity;
}

/** While its clip is not there the built-in words are said; those of an exercise are said in any case. */
function withoutClip(item: AirItem, known: KnownEmergency): AirItem {
  if (item.kind !== "clip") return item;
  const words = wordsOf(known);
  return words === "exercise"
    ? { kind: "pause", durationMs: 0 }
    : { kind: "notice", words, durationMs: BUILT_IN_NOTICE_MS[words] };
}

/**
 * The clips of emergencies that still stand; and of their corrections and of what a contact may start, which wait for
 * nobody when they are wanted.
 */
export function emergencyClips({ memory, time }: AgentState, now: Instant): readonly Clip[] {
  const isClockTrue = isConfirmed(time.trust);
  const local = memory.local.all.flatMap(({ order }) => (order.notice === null ? [] : [order.notice]));
  const raised = [...memory.emergencies.values()].flatMap((known): Clip[] => {
    const { notice, correction, expiresAt } = known.emergency;
    if (isClockTrue && expiresAt <= now) return [];
    return [notice, correction?.notice ?? null].filter((one) => one !== null);
  });
  return local.length === 0 ? raised : [...raised, ...local];
}

export function putEmergency(known: KnownEmergency): RecordChange {
  return put("emergency", known.emergency.id, known);
}

/**
 * After a start nobody knows how long it was dark: life is counted from here, and no longer than if it were still
 * `earliest`; see `emergencyOccurrence`.
 */
export function knownSince(memory: Memory, now: Instant, earliest: Instant): Memory {
  if (memory.emergencies.size === 0) return memory;
  const emergencies = new Map(
    [...memory.emergencies].map(([id, known]) => {
      const lifeMs = Math.max(0, Math.min(known.lifeMs, known.emergency.expiresAt - earliest));
      return [id, { ...known, knownAt: now, lifeMs }] as const;
    }),
  );
  return { ...memory, emergencies };
}

/** Null: there is no room for it. */
export function withEmergency(
  memory: Memory,
  known: KnownEmergency,
): { memory: Memory; changes: readonly RecordChange[] } | null {
  const room = withRoomFor(memory, known.emergency);
  if (room === null) return null;
  const emergencies = new Map(room.memory.emergencies).set(known.emergency.id, known);
  return { memory: { ...room.memory, emergencies }, changes: [...room.changes, putEmergency(known)] };
}

/**
 * What was said to its end makes room for one more, and for an actual one also an exercise, the oldest first. Null:
 * there is no room. The note of what went stays, so it is not said again; and who was approved cannot come anew.
 */
function withRoomFor(
  memory: Memory,
  { id, severity }: Emergency,
): { memory: Memory; changes: readonly RecordChange[] } | null {
  const { emergencies, progress } = memory;
  if (emergencies.has(id) || emergencies.size < MAX_EMERGENCIES) return { memory, changes: [] };
  const all = [...emergencies.values()];
  const leaves =
    all.find((one) => progress.get(occurrenceOf(one.emergency).id)?.isOver === true) ??
    (severity === "actual" ? all.find((one) => one.emergency.severity === "exercise") : undefined);
  if (leaves === undefined) return null;
  const { approveBy } = leaves;
  if (approveBy !== null) return withoutEmergency(memory, leaves.emergency.id, approveBy);
  return {
    memory: {
      ...memory,
      emergencies: new Map([...emergencies].filter(([known]) => known !== leaves.emergency.id)),
    },
    changes: [{ op: "delete", table: "emergency", key: leaves.emergency.id }],
  };
}

/**
 * What is known here always ends. What was never heard of is noted down only while there is room: with a stolen key
 * somebody could fill disk and memory with names.
 */
export function isRoomToCancel({ emergencies, cancelled }: Memory, id: EmergencyId): boolean {
  return emergencies.has(id) || cancelled.has(id) || cancelled.size < MAX_CANCELLED;
}

/** It ends here, and until then it is known as ended when it comes again, or only now. */
export function withoutEmergency(
  memory: Memory,
  id: EmergencyId,
  until: Instant,
): { memory: Memory; changes: readonly RecordChange[] } {
  const emergencies = new Map(memory.emergencies);
  emergencies.delete(id);
  const cancelled = new Map(memory.cancelled).set(id, until);
  return {
    memory: { ...memory, emergencies, cancelled },
    changes: [put("emergency", id, { cancelled: id, until })],
  };
}

/** Forgets what has expired, was accounted for and cannot come again. Without the time nobody knows what that is. */
export function pruneEmergencies(
  memory: Memory,
  now: Instant,
  isClockTrue: boolean,
): { memory: Memory; changes: readonly RecordChange[] } {
  if (!isClockTrue || (memory.emergencies.size === 0 && memory.cancelled.size === 0))
    return { memory, changes: [] };
  const isOpen = (known: KnownEmergency) =>
    memory.progress.get(occurrenceOf(known.emergency).id)?.isOver === false;
  const keptUntil = ({ emergency, approveBy }: KnownEmergency) =>
    Math.max(emergency.expiresAt + KEEP_MS, approveBy ?? 0);
  const expired = [...memory.emergencies.values()]
    .filter((one) => keptUntil(one) <= now && !isOpen(one))
    .map((one) => one.emergency.id);
  const isLate = (until: Instant) => until <= now || until > plus(now, LONGEST_CANCELLED_MS);
  const late = [...memory.cancelled].filter(([, until]) => isLate(until)).map(([id]) => id);
  if (expired.length === 0 && late.length === 0) return { memory, changes: [] };
  return {
    memory: {
      ...memory,
      emergencies: new Map([...memory.emergencies].filter(([id]) => !expired.includes(id))),
      cancelled: new Map([...memory.cancelled].filter(([id]) => !late.includes(id))),
    },
    changes: [...expired, ...late].map((key) => ({ op: "delete", table: "emergency", key })),
  };
}
