import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { type AirItem, durationOf } from "@loa/shared/broadcast/air-item.ts";
import { BUILT_IN_NOTICE_MS } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import { type Emergency, occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import { HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import { isConfirmed } from "./box-time.ts";
import { put, type RecordChange } from "./effect.ts";
import type { KnownEmergency, Memory } from "./memory.ts";
import type { AgentState } from "./state.ts";

/** More than these are known at no time; see `withRoomFor`. */
export const MAX_EMERGENCIES = 32;
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
  const whole = occurrenceOf(known.emergency);
  const items = known.isClipSaid
    ? whole.items
    : whole.items.map((item) => withoutClip(item, known.emergency));
  const durationMs = durationOf(items);
  const voidAt = isClockTrue ? whole.voidAt : plus(known.knownAt, known.lifeMs);
  return { ...whole, items, durationMs, endsAt: plus(whole.at, durationMs), voidAt };
}

/** While its clip is not there the built-in words are said; those of an exercise are said in any case. */
function withoutClip(item: AirItem, { severity }: Emergency): AirItem {
  if (item.kind !== "clip") return item;
  return severity === "actual"
    ? { kind: "notice", severity, durationMs: BUILT_IN_NOTICE_MS[severity] }
    : { kind: "pause", durationMs: 0 };
}

/** The clips of emergencies that still stand. */
export function emergencyClips({ memory, time }: AgentState, now: Instant): readonly Clip[] {
  const isClockTrue = isConfirmed(time.trust);
  return [...memory.emergencies.values()].flatMap((known): Clip[] => {
    const { notice, expiresAt } = known.emergency;
    return notice === null || (isClockTrue && expiresAt <= now) ? [] : [notice];
  });
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

/**
 * What was said to its end makes room for one more, and for an actual one also an exercise, the oldest first. Null:
 * there is no room. The note of what went stays, so it is not said again.
 */
export function withRoomFor(
  { emergencies, progress }: Memory,
  { id, severity }: Emergency,
): { emergencies: Memory["emergencies"]; changes: readonly RecordChange[] } | null {
  if (emergencies.has(id) || emergencies.size < MAX_EMERGENCIES) return { emergencies, changes: [] };
  const all = [...emergencies.values()].map((one) => one.emergency);
  const leaves =
    all.find((one) => progress.get(occurrenceOf(one).id)?.isOver === true) ??
    (severity === "actual" ? all.find((one) => one.severity === "exercise") : undefined);
  if (leaves === undefined) return null;
  return {
    emergencies: new Map([...emergencies].filter(([known]) => known !== leaves.id)),
    changes: [{ op: "delete", table: "emergency", key: leaves.id }],
  };
}

/** Forgets what has expired and was accounted for. Without the time nobody knows what that is. */
export function pruneEmergencies(
  memory: Memory,
  now: Instant,
  isClockTrue: boolean,
): { memory: Memory; changes: readonly RecordChange[] } {
  if (!isClockTrue || (memory.emergencies.size === 0 && memory.cancelled.size === 0))
    return { memory, changes: [] };
  const isOpen = (known: KnownEmergency) =>
    memory.progress.get(occurrenceOf(known.emergency).id)?.isOver === false;
  const expired = [...memory.emergencies.values()]
    .filter((one) => one.emergency.expiresAt + KEEP_MS <= now && !isOpen(one))
    .map((one) => one.emergency.id);
  const late = [...memory.cancelled].filter(([, until]) => until <= now).map(([id]) => id);
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
