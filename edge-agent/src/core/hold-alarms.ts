import { beginOfItem } from "@loa/shared/broadcast/position.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { occurrenceIn } from "./air.ts";
import { withNotes } from "./note-down.ts";
import type { AgentState, Sounding } from "./state.ts";

/** An engine that needs longer than this to begin has lost the sound: then it is the turn of what follows. */
const HELD_AT_MOST_MS = 60 * SECOND_MS;

/**
 * Of an emergency nothing goes by unheard: while the mixer has not begun what it was asked for, as it is right after a
 * start, that waits at its place, and so does all that follows it.
 */
export function holdUnheardAlarms(state: AgentState, now: Instant): AgentState {
  const { sounding } = state.playout;
  let next = state;
  for (const one of sounding) {
    if (!isAwaited(one, sounding)) continue;
    const lateMs = now - one.startAt;
    if (lateMs <= 0 || one.heldMs + lateMs > HELD_AT_MOST_MS) continue;
    next = held(next, one, lateMs, now);
  }
  return next;
}

/** Asked for, not begun, and nothing of its emergency is heard before it. */
function isAwaited(one: Sounding, all: readonly Sounding[]): boolean {
  if (!isUnheard(one)) return false;
  const others = all.filter((other) => other !== one && other.occurrenceId === one.occurrenceId);
  return !others.some((other) => !other.isStopping && other.itemIndex < one.itemIndex);
}

/** A station that is not found yet is no reason to wait: meanwhile something stands in for it. */
function isUnheard({ isUrgent, isLive, role, startedAt, isStopping, isPaused }: Sounding): boolean {
  return isUrgent && !isLive && role === "item" && startedAt === null && !isStopping && !isPaused;
}

function held(state: AgentState, first: Sounding, lateMs: number, now: Instant): AgentState {
  const { occurrenceId, itemIndex } = first;
  const occurrence = occurrenceIn(state, occurrenceId);
  const note = state.memory.progress.get(occurrenceId);
  if (occurrence === null || note === null || note.since === null) return state;
  const offsetMs = Math.round(beginOfItem(occurrence, itemIndex) + first.offsetMs);
  const sounding = state.playout.sounding.map((one) =>
    one.occurrenceId === occurrenceId && isUnheard(one) ? later(one, lateMs) : one,
  );
  const moved = { ...state, playout: { ...state.playout, sounding } };
  return withNotes(moved, [{ ...note, offsetMs, since: now }]);
}

function later(one: Sounding, lateMs: number): Sounding {
  const { startAt, endsAt, heldMs } = one;
  return { ...one, startAt: plus(startAt, lateMs), endsAt: plus(endsAt, lateMs), heldMs: heldMs + lateMs };
}
