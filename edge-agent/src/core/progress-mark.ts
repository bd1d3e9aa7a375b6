import { positionAfter } from "@loa/shared/broadcast/position.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { occurrenceIn } from "./air.ts";
import type { RecordChange } from "./effect.ts";
import { heardItems, heardMsOf } from "./heard.ts";
import { type Noted, putAlive, putProgress } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { withMemory } from "./note-down.ts";
import type { AgentState, Sounding } from "./state.ts";

/** While something sounds its progress is written down this often. */
const MARK_EVERY_MS = 15 * SECOND_MS;

/** Every 15 s of sound: how much was played, and that it is still so late. `playout.markAt` says when next. */
export function markProgress(
  state: AgentState,
  moment: Moment,
): { state: AgentState; changes: readonly RecordChange[] } {
  const { now } = moment;
  const { sounding } = state.playout;
  const markAt = state.playout.markAt ?? (sounding.length === 0 ? null : plus(now, MARK_EVERY_MS));
  if (markAt === null || now < markAt) {
    const isSame = markAt === state.playout.markAt;
    return { state: isSame ? state : { ...state, playout: { ...state.playout, markAt } }, changes: [] };
  }
  const heard = heardItems(state.playout);
  const standingIn = sounding.filter((one) => one.role === "filler" && one.isUrgent && !one.isStopping);
  const next = {
    ...state,
    playout: { ...state.playout, markAt: sounding.length === 0 ? null : plus(now, MARK_EVERY_MS) },
  };
  if (heard.length + standingIn.length === 0) return { state: next, changes: [] };
  const changes = [...heard, ...standingIn].flatMap((one): RecordChange[] => {
    const note = state.memory.progress.get(one.occurrenceId);
    if (note === null) return [];
    const moreMs = one.role === "filler" ? 0 : Math.round(heardMsOf(one, now) - one.heardMs);
    const playedMs = note.playedMs + moreMs;
    return [putProgress({ ...note, ...placeInStation(state, one, note, now), playedMs })];
  });
  return {
    state: withMemory(next, { aliveAt: now }),
    changes: [...changes, ...putAlive(state.time, moment)],
  };
}

/**
 * What an emergency passes on has so much less to go after a power cut, and so has what stands in for it; its words are
 * said again.
 */
function placeInStation(state: AgentState, one: Sounding, note: Noted, now: Instant): Partial<Noted> {
  const isCounted = one.isUrgent && (one.isLive || one.role === "filler");
  const occurrence = isCounted ? occurrenceIn(state, one.occurrenceId) : null;
  if (occurrence === null || note.since === null) return {};
  const offsetMs = positionAfter(occurrence, { positionMs: note.offsetMs, at: note.since }, now);
  return { offsetMs: Math.round(offsetMs), since: now };
}
