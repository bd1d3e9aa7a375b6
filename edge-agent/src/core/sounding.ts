import { isSaidWhole } from "@loa/shared/broadcast/on-air.ts";
import { beginOfItem, positionAfter } from "@loa/shared/broadcast/position.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { itemKey, occurrenceIn } from "./air.ts";
import { isPassing } from "./amplifier.ts";
import { asRunOf } from "./as-run.ts";
import { isConfirmed } from "./box-time.ts";
import { afterRelayUse } from "./data-use.ts";
import { afterDeadAir } from "./dead-air.ts";
import type { Effect, RecordChange } from "./effect.ts";
import type { SoundEvent } from "./event.ts";
import { observe, withEndSilence } from "./evidence.ts";
import { type Noted, putAlive, putProgress } from "./memory.ts";
import { type Moment, toWall } from "./moment.ts";
import { withMemory, withNotes } from "./note-down.ts";
import { louder, withTrouble } from "./noted.ts";
import { withEvents } from "./outbox.ts";
import { saidUpTo } from "./said-up-to.ts";
import { afterFailure, causeOf } from "./sound-failure.ts";
import type { AgentState, Sounding } from "./state.ts";
import { afterTrouble } from "./troubles.ts";

/** While it is warm the amplifier is read at least this often. */
const FAST_POLL_MS = 2 * SECOND_MS;
/** A start nearer to its plan than this moves nothing. */
const SHIFT_FROM_MS = 5;

interface SoundStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

/** What the mixer reports of its sounds. */
export function afterSound(state: AgentState, event: SoundEvent, moment: Moment): SoundStep {
  const at = toWall(moment, event.at);
  switch (event.kind) {
    case "sound-level": {
      const mixer = { at, rmsDb: event.rmsDb, peakDb: event.peakDb };
      return { state: { ...state, playout: { ...state.playout, mixer } }, effects: [] };
    }
    case "microphone": {
      const { rmsDb, match } = event;
      return {
        state: { ...state, playout: { ...state.playout, microphone: { at, rmsDb, match } } },
        effects: [],
      };
    }
    case "sound-started":
      return started(observe(state, moment), event.soundId, at, event.leftOutMs ?? 0);
    case "sound-paused":
      return paused(observe(state, moment), event, at, moment);
    case "sound-resumed":
      return { state: resumed(observe(state, moment), event.soundId, at), effects: [] };
    case "sound-ended":
    case "sound-failed":
      // Its last moments are looked at before it is gone.
      return over(observe(state, moment), event, at, moment);
    case "sound-trouble":
      return troubled(afterTrouble(observe(state, moment), event, at), event, moment.now);
    case "relay-use":
      return {
        state: used(
          afterRelayUse(state, event.soundId, event.receivedBytes),
          event.soundId,
          event.receivedBytes,
        ),
        effects: [],
      };
  }
}

function troubled(
  state: AgentState,
  { trouble, isRaised }: Extract<SoundEvent, { kind: "sound-trouble" }>,
  now: Instant,
): SoundStep {
  return trouble === "dead-air" && isRaised ? afterDeadAir(state, now) : { state, effects: [] };
}

function soundIn({ playout }: AgentState, soundId: string): Sounding | null {
  return playout.sounding.find((one) => one.soundId === soundId) ?? null;
}

function withSound(state: AgentState, sound: Sounding, changed: Sounding): AgentState {
  const sounding = state.playout.sounding.map((one) => (one === sound ? changed : one));
  return { ...state, playout: { ...state.playout, sounding } };
}

/** What was left out of it has gone by: so much of its being late moves nothing. */
function started(state: AgentState, soundId: string, at: Instant, leftOutMs: number): SoundStep {
  const sound = soundIn(state, soundId);
  if (sound === null || sound.startedAt !== null) return { state, effects: [] };
  const lateMs = at - sound.startAt - leftOutMs;
  // The minutes of a station are counted while it is looked for, too: something stands in for it.
  const isCounted = sound.isLive && sound.isUrgent;
  const shiftMs = isCounted || Math.abs(lateMs) < SHIFT_FROM_MS ? 0 : lateMs;
  const endsAt = plus(sound.endsAt, sound.role === "item" ? shiftMs : 0);
  const offsetMs = sound.offsetMs + leftOutMs;
  const moved: Sounding = { ...sound, startedAt: at, startAt: at, endsAt, heardFrom: at, offsetMs };
  const heard = withSound(state, sound, moved);
  const key = itemKey(sound.occurrenceId, sound.itemIndex);
  const troubles = heard.playout.troubles.filter((one) => one.about !== key || sound.role === "filler");
  const next = { ...heard, playout: { ...heard.playout, isSinkBroken: false, observedAt: at, troubles } };
  if (sound.role === "filler") return { state: next, effects: [] };
  const followed =
    shiftMs === 0 || sound.isStopping ? { state: next, effects: [] } : moveOn(next, moved, shiftMs);
  const note = state.memory.progress.get(sound.occurrenceId);
  if (note === null || note.since === null || sound.isStopping) return followed;
  // The rest of the programme follows the sound that really runs, not the plan of it.
  const place = saidUpTo(state, moved, at, 0) ?? { since: plus(note.since, shiftMs) };
  const startErrorMs = note.startErrorMs ?? at - dueOf(state, note);
  const begun = { ...note, ...place, startErrorMs };
  return { state: withNotes(followed.state, [begun]), effects: followed.effects };
}

/** Whom nobody has told the time, an emergency is due when it is known. */
function dueOf({ memory, time }: AgentState, note: Noted): Instant {
  if (isConfirmed(time.trust) || !isSaidWhole(note)) return note.dueAt;
  const known = [...memory.emergencies.values()].find((one) => note.id.startsWith(`${one.emergency.id}@`));
  return known?.knownAt ?? note.dueAt;
}

/** What joins it without a gap moves with it; what was prepared by the clock is prepared anew, or both would sound. */
function moveOn(state: AgentState, first: Sounding, shiftMs: number): SoundStep {
  const isFollower = (one: Sounding) =>
    one.role === "item" &&
    one.occurrenceId === first.occurrenceId &&
    one.itemIndex > first.itemIndex &&
    one.startedAt === null;
  const early = state.playout.sounding.filter((one) => isFollower(one) && one.after === null);
  const sounding = state.playout.sounding
    .filter((one) => !early.includes(one))
    .map((one) =>
      isFollower(one)
        ? { ...one, startAt: plus(one.startAt, shiftMs), endsAt: plus(one.endsAt, shiftMs) }
        : one,
    );
  return {
    state: { ...state, playout: { ...state.playout, sounding } },
    effects: early.map(({ soundId }): Effect => ({ kind: "stop-sound", soundId, fadeMs: 0 })),
  };
}

/** It waits at exactly this place: the note says so too, and goes to the disk. */
function paused(
  state: AgentState,
  { soundId, playedMs }: Extract<SoundEvent, { kind: "sound-paused" }>,
  at: Instant,
  moment: Moment,
): SoundStep {
  const sound = soundIn(state, soundId);
  if (sound === null) return { state, effects: [] };
  const waits: Sounding = {
    ...sound,
    heardMs: playedMs,
    heardFrom: null,
    silentMs: 0,
    toldBytes: sound.receivedBytes,
  };
  const next = withSound(state, sound, waits);
  const note = state.memory.progress.get(sound.occurrenceId);
  const occurrence = occurrenceIn(state, sound.occurrenceId);
  if (note === null || occurrence === null || sound.role === "filler") return { state: next, effects: [] };
  const placeMs = Math.round(beginOfItem(occurrence, sound.itemIndex) + sound.offsetMs + playedMs);
  const isWaiting = note.since === null && !note.isOver && !sound.isLive;
  const counted = {
    ...note,
    offsetMs: isWaiting ? placeMs : note.offsetMs,
    playedMs: note.playedMs + stretchOf(sound, playedMs),
  };
  return writeStretch(next, sound, counted, { at, rmsDb: null, playedMs }, moment, []);
}

function stretchOf(sound: Sounding, playedMs: number): number {
  return Math.max(0, Math.round(playedMs - sound.heardMs));
}

function resumed(state: AgentState, soundId: string, at: Instant): AgentState {
  const sound = soundIn(state, soundId);
  if (sound === null || sound.isPaused || sound.resumeAskedAt === null) return state;
  // Asked for before the fade of the pause was over: it never fell silent.
  if (sound.heardFrom !== null) return withSound(state, sound, { ...sound, resumeAskedAt: null });
  const shiftMs = at - sound.resumeAskedAt;
  const endsAt = plus(sound.endsAt, shiftMs);
  const lostSince = sound.lostSince === null ? null : at;
  const going = { ...sound, heardFrom: at, lostSince, resumeAskedAt: null, startAt: at, endsAt };
  const next = withSound(state, sound, going);
  const observed = { ...next, playout: { ...next.playout, observedAt: at } };
  const note = state.memory.progress.get(sound.occurrenceId);
  if (note === null || note.since === null) return observed;
  return withNotes(observed, [{ ...note, since: plus(note.since, shiftMs) }]);
}

function used(state: AgentState, soundId: string, receivedBytes: number): AgentState {
  const sound = soundIn(state, soundId);
  return sound === null ? state : withSound(state, sound, { ...sound, receivedBytes });
}

function over(
  state: AgentState,
  event: Extract<SoundEvent, { kind: "sound-ended" | "sound-failed" }>,
  at: Instant,
  moment: Moment,
): SoundStep {
  const sound = soundIn(state, event.soundId);
  if (sound === null) return { state, effects: [] };
  const { now } = moment;
  const { playedMs } = event;
  const reason = event.kind === "sound-failed" ? event.reason : null;
  const rmsDb = event.kind === "sound-ended" ? event.rmsDb : null;
  const sounding = state.playout.sounding.filter((one) => one !== sound);
  const isSinkBroken = reason === "sink-failed" || (state.playout.isSinkBroken && playedMs === 0);
  const gone = { ...state, playout: { ...state.playout, sounding, isSinkBroken } };
  const failed =
    reason === null
      ? { state: withoutRest(gone, sound, playedMs), changes: [] }
      : afterFailure(gone, sound, reason, now);
  const followers = reason === null ? [] : followersToStop(failed.state, sound);
  const next = withoutSounds(failed.state, followers);
  const known = next.memory.progress.get(sound.occurrenceId);
  if (known === null || sound.role === "filler")
    return withStops(
      writeStretch(next, sound, null, { at, rmsDb, playedMs }, moment, failed.changes),
      followers,
    );
  // Its own level, for what was shorter than a period of the meter.
  const mixerDb = rmsDb === null || playedMs <= 0 ? known.mixerDb : louder(known.mixerDb, rmsDb);
  const amplifierOn = known.amplifierOn ?? justRead(state, sound, now);
  const isThrough = reason === null && !sound.isStopping && known.since !== null;
  const counted = {
    ...withEndSilence(known, state, at),
    ...(isThrough ? saidUpTo(state, sound, at, playedMs) : null),
    mixerDb,
    amplifierOn,
    playedMs: known.playedMs + stretchOf(sound, playedMs),
  };
  const troubled = reason === null ? counted : withTrouble(counted, causeOf(reason));
  const note = reason === "sink-failed" ? waitingForSink(next, sound, troubled, { at, playedMs }) : troubled;
  return withStops(
    writeStretch(next, sound, note, { at, rmsDb, playedMs }, moment, failed.changes),
    followers,
  );
}

/** A clip that is shorter than its plan has no rest, and is not asked for it again and again until its planned end. */
function withoutRest(state: AgentState, sound: Sounding, playedMs: number): AgentState {
  const hasRest = playedMs > 0 || sound.offsetMs === 0;
  if (hasRest || sound.role === "filler" || sound.isLive || sound.isStopping) return state;
  const key = itemKey(sound.occurrenceId, sound.itemIndex);
  const failed = new Map(state.playout.failed).set(key, { times: 1, retryAt: null });
  return { ...state, playout: { ...state.playout, failed } };
}

/**
 * Of an emergency nothing is skipped while nobody can hear it: it waits at its place until it is tried again. A station has
 * no place of its own, and what was asked of it anew has played nothing: of its minutes so many are gone as the clock says.
 */
function waitingForSink(state: AgentState, sound: Sounding, note: Noted, { at, playedMs }: Ended): Noted {
  const occurrence = occurrenceIn(state, sound.occurrenceId);
  if (!sound.isUrgent || note.since === null || occurrence === null) return note;
  const placeMs = sound.isLive
    ? positionAfter(occurrence, { positionMs: note.offsetMs, at: note.since }, at)
    : beginOfItem(occurrence, sound.itemIndex) + sound.offsetMs + playedMs;
  return { ...note, offsetMs: Math.round(placeMs), since: null };
}

type Ended = Pick<StretchEnd, "at" | "playedMs">;

/** What was to join its end must not join its failure, when it is tried again. */
function followersToStop({ playout }: AgentState, sound: Sounding): readonly Sounding[] {
  const failure = playout.failed.get(itemKey(sound.occurrenceId, sound.itemIndex));
  if (failure?.retryAt == null) return [];
  return playout.sounding.filter((one) => one.after === sound.soundId && !one.isStopping);
}

function withoutSounds(state: AgentState, gone: readonly Sounding[]): AgentState {
  if (gone.length === 0) return state;
  const sounding = state.playout.sounding.filter((one) => !gone.includes(one));
  return { ...state, playout: { ...state.playout, sounding } };
}

function withStops({ state, effects }: SoundStep, gone: readonly Sounding[]): SoundStep {
  const stops = gone.map(({ soundId }): Effect => ({ kind: "stop-sound", soundId, fadeMs: 0 }));
  return { state, effects: [...stops, ...effects] };
}

interface StretchEnd {
  readonly at: Instant;
  readonly rmsDb: number | null;
  readonly playedMs: number;
}

/** The note, and one line of the as-run log for what really left the mixer. */
function writeStretch(
  state: AgentState,
  sound: Sounding,
  note: Noted | null,
  { at, rmsDb, playedMs }: StretchEnd,
  moment: Moment,
  others: readonly RecordChange[],
): SoundStep {
  const { now } = moment;
  const wasHeard = sound.heardFrom !== null && stretchOf(sound, playedMs) > 0;
  const asRun = wasHeard ? [asRunOf(state, sound, { at, rmsDb }, moment)] : [];
  const noted = note === null ? state : withNotes(state, [note]);
  const { memory, changes } = withEvents(noted.memory, asRun);
  const written = [...(note === null ? [] : [putProgress(note)]), ...changes, ...others];
  if (written.length === 0) return { state: noted, effects: [] };
  return {
    state: withMemory(noted, { ...memory, aliveAt: now }),
    effects: [{ kind: "commit", onFailure: "keep", changes: [...written, ...putAlive(state.time, moment)] }],
  };
}

/** A sound that was over before the next poll: what was read in the moments before it must do. */
function justRead(state: AgentState, sound: Sounding, now: Instant): boolean | null {
  const soundedMs = now - (sound.startedAt ?? now);
  return soundedMs > FAST_POLL_MS ? null : isPassing(state.amplifier, now, soundedMs + FAST_POLL_MS);
}
