import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { isVoided, minRestOf, type OnAir, onAir, positionOf } from "@loa/shared/broadcast/on-air.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { airInputs, itemKey } from "./air.ts";
import { canSound, gainOf, sourceOf } from "./air-source.ts";
import type { Effect, RecordChange } from "./effect.ts";
import { type Memory, type Noted, putAlive, putProgress } from "./memory.ts";
import { type Moment, sooner } from "./moment.ts";
import { newNote, withTrouble } from "./noted.ts";
import type { AgentState, Playout, Sounding } from "./state.ts";
import { PREPARE_MS, type WantedSound, wantedSounds } from "./wanted-sounds.ts";

export const SILENT: Playout = {
  sounding: [],
  counter: 0,
  failed: new Map(),
  mixer: null,
  markAt: null,
  observedAt: null,
  isSinkBroken: false,
};

/** Long enough not to click, short enough not to be heard as a second voice. */
const FADE_MS = 50;
/** A sound that should have ended this long ago is given up. */
const LOST_AFTER_MS = 5 * SECOND_MS;
/** While something sounds its progress is written down this often. */
const MARK_EVERY_MS = 15 * SECOND_MS;

export interface PlayoutStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly air: OnAir;
  readonly lookAgainAt: Instant | null;
}

/** Compares what should sound with what sounds; notes first, then steps. */
export function runPlayout(state: AgentState, moment: Moment): PlayoutStep {
  const { now } = moment;
  const air = onAir(airInputs(state), now);
  const wanted = playable(state, wantedSounds(state, air, now), now).filter((one) =>
    mayStart(state, one, now),
  );
  const paused = pauseLosers(state, air, wanted, now);
  const kept = stopUnwanted(paused.state, wanted, now);
  const started = startWanted(kept.state, wanted, now);
  const marked = mark(started.state, now);
  const changes = [...paused.changes, ...started.changes, ...marked.changes];
  // Only a start needs its note first; what goes on or falls silent does so without a disk too.
  const onFailure = started.changes.length > 0 ? "revert" : "keep";
  const commit: Effect[] = changes.length === 0 ? [] : [{ kind: "commit", onFailure, changes }];
  return {
    state: marked.state,
    effects: [...kept.effects, ...commit, ...started.effects],
    air,
    lookAgainAt: nextLook(marked.state, air, wanted, now),
  };
}

function playable(state: AgentState, wanted: readonly WantedSound[], now: Instant): readonly WantedSound[] {
  return wanted.filter((one) => {
    const failure = state.playout.failed.get(itemKey(one.occurrence.id, one.itemIndex));
    const mayTry = failure === undefined || (failure.retryAt !== null && now >= failure.retryAt);
    return mayTry && canSound(one.item, state.content);
  });
}

/** After a note could not be written, nothing new is started for a moment; what sounds goes on. */
function mayStart({ health, playout }: AgentState, one: WantedSound, now: Instant): boolean {
  if (health.diskRetryAt === null || now >= health.diskRetryAt) return true;
  return isRunning(playout.sounding, one);
}

/** Its programme is in the mixer already, so its note is on the disk. */
function isRunning(sounding: readonly Sounding[], { occurrence }: WantedSound): boolean {
  return sounding.some((known) => known.occurrenceId === occurrence.id && !known.isStopping);
}

/** Whoever was sounding and has lost the loudspeaker keeps its place. */
function pauseLosers(
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
    const trouble = air.quieted.includes(occurrence) ? "quiet-hours" : null;
    const note = { ...(known ?? newNote(occurrence)), offsetMs, since: null };
    notes.push(trouble === null ? note : withTrouble(note, trouble));
  }
  return notes.length === 0
    ? { state, changes: [] }
    : { state: withNotes(state, notes), changes: notes.map(putProgress) };
}

function stopUnwanted(
  state: AgentState,
  wanted: readonly WantedSound[],
  now: Instant,
): { state: AgentState; effects: readonly Effect[] } {
  if (state.playout.sounding.length === 0) return { state, effects: [] };
  const effects: Effect[] = [];
  const keys = new Set(wanted.map((one) => itemKey(one.occurrence.id, one.itemIndex)));
  const sounding = state.playout.sounding.flatMap((one): Sounding[] => {
    // Stopped as it is given up: a clip longer than its plan must not go on where nobody can stop it.
    if (now > one.endsAt + LOST_AFTER_MS) {
      effects.push({ kind: "stop-sound", soundId: one.soundId, fadeMs: FADE_MS });
      return [];
    }
    // What has not begun by its end never shall: it would sound over what follows it.
    const isLastBreath = one.startedAt !== null && now >= one.endsAt - FADE_MS && isStillDue(state, one);
    if (one.isStopping || isLastBreath || keys.has(itemKey(one.occurrenceId, one.itemIndex))) return [one];
    effects.push({ kind: "stop-sound", soundId: one.soundId, fadeMs: FADE_MS });
    return [{ ...one, isStopping: true, endsAt: now }];
  });
  return { state: { ...state, playout: { ...state.playout, sounding } }, effects };
}

/** Its programme is still planned and not stopped, so the sound may run out by itself. */
function isStillDue(state: AgentState, sounding: Sounding): boolean {
  const planned = state.agenda.occurrences.find((one) => one.id === sounding.occurrenceId);
  const { stoppedAt, progress } = state.memory;
  return (
    planned !== undefined &&
    !isVoided(planned.at, progress.get(planned.id), stoppedAt) &&
    progress.get(planned.id)?.since != null
  );
}

function startWanted(
  state: AgentState,
  wanted: readonly WantedSound[],
  now: Instant,
): { state: AgentState; effects: readonly Effect[]; changes: readonly RecordChange[] } {
  const effects: Effect[] = [];
  const notes = new Map<string, Noted>();
  const sounding = [...state.playout.sounding];
  let { counter } = state.playout;
  for (const one of wanted) {
    const { occurrence, itemIndex } = one;
    if (
      sounding.some(
        (known) => !known.isStopping && known.occurrenceId === occurrence.id && known.itemIndex === itemIndex,
      )
    )
      continue;
    // The mixer's end of a clip and our clock's may lie some ms apart: its last crumbs are not played again.
    if (one.offsetMs > 0 && one.endsAt - Math.max(now, one.startAt) < minRestOf(one.occurrence.durationMs))
      continue;
    const source = sourceOf(one.item, state.memory.plan);
    if (source === null) continue;
    counter += 1;
    const soundId = `${itemKey(occurrence.id, itemIndex)}#${counter}`;
    const note = notes.get(occurrence.id) ?? state.memory.progress.get(occurrence.id) ?? newNote(occurrence);
    if (note.since === null || !isRunning(sounding, one))
      notes.set(occurrence.id, resumed(note, one, occurrence));
    sounding.push({
      soundId,
      occurrenceId: occurrence.id,
      itemIndex,
      offsetMs: one.offsetMs,
      startAt: one.startAt,
      endsAt: one.endsAt,
      startedAt: null,
      isStopping: false,
    });
    const { startAt, offsetMs } = one;
    effects.push({
      kind: "play",
      soundId,
      source,
      rung: occurrence.rung,
      startAt,
      after: null,
      endAt: null,
      offsetMs,
      gainDb: gainOf(source, state.content),
      fadeInMs: offsetMs > 0 ? FADE_MS : 0,
    });
  }
  if (effects.length === 0) return { state, effects, changes: [] };
  const list = [...notes.values()];
  const markAt = state.playout.markAt ?? plus(now, MARK_EVERY_MS);
  const next = withNotes({ ...state, playout: { ...state.playout, sounding, counter, markAt } }, list);
  return { state: next, effects, changes: list.map(putProgress) };
}

/** The note that goes to the disk before the sound goes to the air. */
function resumed(note: Noted, wanted: WantedSound, occurrence: Occurrence): Noted {
  const before = occurrence.items.slice(0, wanted.itemIndex).reduce((sum, item) => sum + item.durationMs, 0);
  return { ...note, offsetMs: Math.round(before + wanted.offsetMs), since: wanted.startAt };
}

/** Every 15 s of sound: how much was played, and that it is still so late. */
function mark(state: AgentState, now: Instant): { state: AgentState; changes: readonly RecordChange[] } {
  const { sounding, markAt } = state.playout;
  if (markAt === null || now < markAt) return { state, changes: [] };
  const heard = sounding.filter((one) => one.startedAt !== null && !one.isStopping);
  const next = {
    ...state,
    playout: { ...state.playout, markAt: sounding.length === 0 ? null : plus(now, MARK_EVERY_MS) },
  };
  if (heard.length === 0) return { state: next, changes: [] };
  const changes = heard.flatMap((one): RecordChange[] => {
    const note = state.memory.progress.get(one.occurrenceId);
    if (note === null) return [];
    return [putProgress({ ...note, playedMs: note.playedMs + Math.max(0, now - (one.startedAt ?? now)) })];
  });
  return { state: withMemory(next, { aliveAt: now }), changes: [...changes, ...putAlive(state.time, now)] };
}

function nextLook(
  state: AgentState,
  air: OnAir,
  wanted: readonly WantedSound[],
  now: Instant,
): Instant | null {
  let next = air.lookAgainAt;
  for (const one of state.agenda.occurrences) {
    if (one.at - PREPARE_MS > now) next = sooner(next, plus(one.at, -PREPARE_MS));
  }
  for (const one of wanted)
    if (one.endsAt - PREPARE_MS > now) next = sooner(next, plus(one.endsAt, -PREPARE_MS));
  for (const one of state.playout.sounding) next = sooner(next, plus(one.endsAt, LOST_AFTER_MS + 1));
  for (const { retryAt } of state.playout.failed.values())
    if (retryAt !== null && retryAt > now) next = sooner(next, retryAt);
  if (state.health.diskRetryAt !== null && state.health.diskRetryAt > now)
    next = sooner(next, state.health.diskRetryAt);
  return sooner(next, state.playout.markAt);
}

export function withNotes(state: AgentState, notes: readonly Noted[]): AgentState {
  return notes.length === 0 ? state : withMemory(state, { progress: state.memory.progress.with(notes) });
}

export function withMemory(state: AgentState, changed: Partial<Memory>): AgentState {
  return { ...state, memory: { ...state.memory, ...changed } };
}
