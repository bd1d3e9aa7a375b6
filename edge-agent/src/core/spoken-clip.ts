import { beginOfItem, itemAt, positionAfter } from "@loa/shared/broadcast/position.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { isConfirmed } from "./box-time.ts";
import type { RecordChange } from "./effect.ts";
import { emergencyOccurrence, putEmergency } from "./emergencies.ts";
import { type KnownEmergency, type Noted, putProgress } from "./memory.ts";
import { pauseMsIn } from "./noted.ts";
import type { AgentState } from "./state.ts";

/**
 * An emergency whose own clip has come speaks with it from its next round on; one whose clip is gone or broken goes on
 * with the built-in words. What is being said is not cut off for it.
 */
export function chooseWords(
  state: AgentState,
  now: Instant,
): { state: AgentState; changes: readonly RecordChange[] } {
  if (state.memory.emergencies.size === 0) return { state, changes: [] };
  const changes: RecordChange[] = [];
  let next = state;
  for (const known of state.memory.emergencies.values()) {
    const { notice } = known.emergency;
    if (notice === null) continue;
    const isClipSaid = !known.isClipBad && state.content.present.has(notice.sha256);
    if (isClipSaid === known.isClipSaid) continue;
    const changed = { ...known, isClipSaid };
    const note = noteAfter(next, known, changed, now);
    if (note === "not-yet") continue;
    changes.push(putEmergency(changed), ...(note === null ? [] : [putProgress(note)]));
    const { memory } = next;
    next = {
      ...next,
      memory: {
        ...memory,
        emergencies: new Map(memory.emergencies).set(known.emergency.id, changed),
        progress: note === null ? memory.progress : memory.progress.with([note]),
      },
    };
  }
  return { state: next, changes };
}

/** The same place in the other list of items; null when nothing has begun. */
function noteAfter(
  { memory, playout, time }: AgentState,
  known: KnownEmergency,
  changed: KnownEmergency,
  now: Instant,
): Noted | null | "not-yet" {
  const before = emergencyOccurrence(known, isConfirmed(time.trust));
  const after = emergencyOccurrence(changed, isConfirmed(time.trust));
  const note = memory.progress.get(before.id);
  if (note === null || note.isOver) return null;
  const positionMs = positionAfter(before, { positionMs: note.offsetMs, at: note.since ?? now }, now);
  const index = itemAt(before, positionMs);
  const isSaid = playout.sounding.some(
    (one) => one.occurrenceId === before.id && one.itemIndex === index && !one.isStopping,
  );
  const isOther = before.items[index] !== undefined && before.items[index].kind !== after.items[index]?.kind;
  if (isOther && isSaid) return "not-yet";
  const inItemMs = isOther ? 0 : positionMs - beginOfItem(before, index);
  const offsetMs = Math.round(beginOfItem(after, index) + inItemMs);
  // Rounds that were said in other words were as long as those: what they lack, or had too much, was not due.
  const otherMs = Math.round(offsetMs - positionMs);
  return {
    ...note,
    offsetMs,
    since: note.since === null || note.since > now ? note.since : now,
    durationMs: after.durationMs,
    pauseMs: note.pauseMs - pauseMsIn(before) + pauseMsIn(after) + otherMs,
  };
}
