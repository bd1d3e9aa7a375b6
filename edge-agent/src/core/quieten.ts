import { isVoided, type OnAir, positionOf } from "@loa/shared/broadcast/on-air.ts";
import { beginOfItem } from "@loa/shared/broadcast/position.ts";
import { ladder } from "@loa/shared/broadcast/precedence.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { airInputs, fillerKey, itemKey, occurrenceIn } from "./air.ts";
import type { Effect, RecordChange } from "./effect.ts";
import { type Noted, putProgress } from "./memory.ts";
import { withNotes } from "./note-down.ts";
import { newNote, withTrouble } from "./noted.ts";
import { whyHeldBack } from "./safety.ts";
import type { AgentState, Sounding } from "./state.ts";
import type { WantedSound } from "./wanted-sounds.ts";

/** Long enough not to click, short enough not to be heard as a second voice. */
export const FADE_MS = 50;
/** What stood in for a relay goes while the relay comes. */
const CROSS_FADE_MS = 1_000;
/** A sound that should have ended this long ago is given up. */
export const LOST_AFTER_MS = 5 * SECOND_MS;
/** A mixer that was asked to go on with a sound, and does not, has lost it. */
export const RESUME_WITHIN_MS = 2 * SECOND_MS;

/** Whoever was sounding and has lost the loudspeaker keeps its place. */
export function noteLosers(
  state: AgentState,
  air: OnAir,
  wanted: readonly WantedSound[],
  now: Instant,
): { state: AgentState; changes: readonly RecordChange[] } {
  const notes: Noted[] = [];
  const inputs = airInputs(state);
  for (const occurrence of [...air.waiting, ...air.quieted]) {
    if (wanted.some((one) => one.occurrence.id === occurrence.id)) continue;
    const known = state.memory.progress.get(occurrence.id);
    if (known !== null && known.since === null) continue;
    // Due in quiet hours and not begun: it is refused as a whole, see `settle.ts`.
    if (known === null && air.quieted.includes(occurrence)) continue;
    const offsetMs = known === null ? 0 : Math.round(positionOf(occurrence, inputs, now));
    const trouble = whyHeldBack(state, occurrence, air, now);
    const note = { ...(known ?? newNote(occurrence)), offsetMs, since: null };
    notes.push(trouble === null ? note : withTrouble(note, trouble));
  }
  return notes.length === 0
    ? { state, changes: [] }
    : { state: withNotes(state, notes), changes: notes.map(putProgress) };
}

/** What was asked to go on and says nothing is begun anew, from where it waited. */
export function giveUpResumes(
  state: AgentState,
  now: Instant,
): { state: AgentState; effects: readonly Effect[]; changes: readonly RecordChange[] } {
  const lost = state.playout.sounding.filter(
    (one) => one.resumeAskedAt !== null && now >= one.resumeAskedAt + RESUME_WITHIN_MS,
  );
  if (lost.length === 0) return { state, effects: [], changes: [] };
  const notes = lost.flatMap((one): Noted[] => {
    const note = state.memory.progress.get(one.occurrenceId);
    const occurrence = occurrenceIn(state, one.occurrenceId);
    if (note?.since == null || occurrence === null || one.isLive) return [];
    const placeMs = beginOfItem(occurrence, one.itemIndex) + one.offsetMs + one.heardMs;
    return [{ ...note, offsetMs: Math.round(placeMs), since: now }];
  });
  const sounding = state.playout.sounding.filter((one) => !lost.includes(one));
  return {
    state: withNotes({ ...state, playout: { ...state.playout, sounding } }, notes),
    effects: lost.map(({ soundId }): Effect => ({ kind: "stop-sound", soundId, fadeMs: 0 })),
    changes: notes.map(putProgress),
  };
}

export interface Wanting {
  readonly wanted: readonly WantedSound[];
  readonly filler: readonly WantedSound[];
}

/** Pauses what has to wait and can come back, stops everything else that nobody wants now. */
export function quieten(
  state: AgentState,
  air: OnAir,
  { wanted, filler }: Wanting,
  now: Instant,
): { state: AgentState; effects: readonly Effect[] } {
  if (state.playout.sounding.length === 0) return { state, effects: [] };
  const effects: Effect[] = [];
  const keys = new Set([
    ...wanted.map((one) => itemKey(one.occurrence.id, one.itemIndex)),
    ...filler.map((one) => fillerKey(one.occurrence.id, one.itemIndex)),
  ]);
  const waiting = new Set<OccurrenceId>(
    [...air.waiting, ...air.quieted].filter(keepsPlace).map(({ id }) => id),
  );
  const sounding = state.playout.sounding.flatMap((one): Sounding[] => {
    const stop = (fadeMs: number) => void effects.push({ kind: "stop-sound", soundId: one.soundId, fadeMs });
    // Stopped as it is given up: a clip longer than its plan must not go on where nobody can stop it.
    if (!one.isPaused && now > one.endsAt + LOST_AFTER_MS) {
      stop(FADE_MS);
      return [];
    }
    if (one.isStopping || keys.has(keyOf(one)) || isLastBreath(state, one, now)) return [one];
    const mayWait = one.role === "item" && waiting.has(one.occurrenceId);
    if (mayWait && one.isPaused) return [one];
    if (mayWait && one.startedAt !== null) {
      effects.push({ kind: "pause-sound", soundId: one.soundId, fadeMs: FADE_MS });
      return [{ ...one, isPaused: true, resumeAskedAt: null }];
    }
    const isReplaced = one.role === "filler" && air.holder?.occurrence.id === one.occurrenceId;
    stop(isReplaced ? CROSS_FADE_MS : FADE_MS);
    return [{ ...one, isStopping: true, isPaused: false, endsAt: now }];
  });
  return { state: { ...state, playout: { ...state.playout, sounding } }, effects };
}

function keyOf({ role, occurrenceId, itemIndex }: Sounding): string {
  return role === "filler" ? fillerKey(occurrenceId, itemIndex) : itemKey(occurrenceId, itemIndex);
}

function keepsPlace({ rung }: OnAir["waiting"][number]): boolean {
  const rule: LadderRule = ladder[rung];
  return rule.afterInterruption !== "drop";
}
type LadderRule = { readonly afterInterruption: "continue" | "rejoin" | "drop" };

/**
 * A clip at its end runs out by itself. What has not begun by its end never shall: it would sound over what follows it;
 * and a relay has no end.
 */
function isLastBreath(state: AgentState, one: Sounding, now: Instant): boolean {
  if (one.startedAt === null || one.isPaused || one.isLive || one.role === "filler") return false;
  return now >= one.endsAt - FADE_MS && isStillDue(state, one, now);
}

/** Its programme is still planned and not stopped, so the sound may run out by itself. */
function isStillDue(state: AgentState, sounding: Sounding, now: Instant): boolean {
  const planned = occurrenceIn(state, sounding.occurrenceId);
  const { stoppedAt, progress } = state.memory;
  const note = progress.get(sounding.occurrenceId);
  return (
    planned !== null &&
    !(planned.voidAt !== null && now >= planned.voidAt) &&
    !isVoided(planned, note, stoppedAt) &&
    note?.since != null
  );
}
