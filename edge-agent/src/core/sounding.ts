import { clipOf } from "@loa/shared/broadcast/air-item.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { BoxEvent } from "@loa/shared/wire/bodies.ts";
import { itemKey } from "./air.ts";
import { isPassing } from "./amplifier.ts";
import type { Effect } from "./effect.ts";
import type { SoundEvent, SoundFailure } from "./event.ts";
import { observe } from "./evidence.ts";
import { putAlive, putProgress } from "./memory.ts";
import { type Moment, toWall } from "./moment.ts";
import { louder, withTrouble } from "./noted.ts";
import { withEvents } from "./outbox.ts";
import { withMemory, withNotes } from "./playout.ts";
import type { AgentState, Sounding } from "./state.ts";

/** A decoder that died is tried again at once, a broken sink a little later; after this many times never. */
const MAX_TRIES = 3;
const SINK_RETRY_MS = 5 * SECOND_MS;
/** While it is warm the amplifier is read at least this often. */
const FAST_POLL_MS = 2 * SECOND_MS;
/** A start nearer to its plan than this moves nothing. */
const SHIFT_FROM_MS = 5;

/** What the mixer reports of its sounds. */
export function afterSound(
  state: AgentState,
  event: SoundEvent,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  switch (event.kind) {
    case "sound-level": {
      const mixer = { at: toWall(moment, event.at), rmsDb: event.rmsDb, peakDb: event.peakDb };
      return { state: { ...state, playout: { ...state.playout, mixer } }, effects: [] };
    }
    case "sound-started":
      return started(observe(state, moment), event.soundId, toWall(moment, event.at));
    case "sound-ended":
      return over(
        // Its last moments are looked at before it is gone.
        observe(state, moment),
        event.soundId,
        toWall(moment, event.at),
        event.playedMs,
        event.rmsDb,
        null,
        moment,
      );
    case "sound-failed": {
      const at = toWall(moment, event.at);
      return over(observe(state, moment), event.soundId, at, event.playedMs, null, event.reason, moment);
    }
    case "sound-paused":
    case "sound-resumed":
    case "sound-trouble":
    case "relay-use":
      return { state, effects: [] };
  }
}

function started(
  state: AgentState,
  soundId: string,
  at: Instant,
): { state: AgentState; effects: readonly Effect[] } {
  const sound = state.playout.sounding.find((one) => one.soundId === soundId);
  if (sound === undefined || sound.startedAt !== null) return { state, effects: [] };
  const shiftMs = Math.abs(at - sound.startAt) < SHIFT_FROM_MS ? 0 : at - sound.startAt;
  const moved: Sounding = { ...sound, startedAt: at, startAt: at, endsAt: plus(sound.endsAt, shiftMs) };
  // What was prepared to follow it is prepared anew for the later moment, or the two would sound together.
  const early =
    shiftMs === 0 || sound.isStopping ? [] : state.playout.sounding.filter((one) => isFollower(one, sound));
  const effects = early.map((one): Effect => ({ kind: "stop-sound", soundId: one.soundId, fadeMs: 0 }));
  const sounding = state.playout.sounding
    .filter((one) => !early.includes(one))
    .map((one) => (one === sound ? moved : one));
  const note = state.memory.progress.get(sound.occurrenceId);
  const next = { ...state, playout: { ...state.playout, sounding, isSinkBroken: false, observedAt: at } };
  if (note === null || note.since === null || sound.isStopping) return { state: next, effects };
  // The rest of the programme follows the sound that really runs, not the plan of it.
  const since = plus(note.since, shiftMs);
  const startErrorMs = note.startErrorMs ?? at - note.dueAt;
  return { state: withNotes(next, [{ ...note, since, startErrorMs }]), effects };
}

function isFollower(one: Sounding, first: Sounding): boolean {
  return one.occurrenceId === first.occurrenceId && one.itemIndex > first.itemIndex && one.startedAt === null;
}

function over(
  state: AgentState,
  soundId: string,
  at: Instant,
  playedMs: number,
  rmsDb: number | null,
  reason: SoundFailure | null,
  { now }: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  const sound = state.playout.sounding.find((one) => one.soundId === soundId);
  if (sound === undefined) return { state, effects: [] };
  const key = itemKey(sound.occurrenceId, sound.itemIndex);
  const sounding = state.playout.sounding.filter((one) => one !== sound);
  const failed =
    reason === null
      ? state.playout.failed
      : new Map(state.playout.failed).set(key, failure(state, key, reason, now));
  const isSinkBroken = reason === "sink-failed" || (state.playout.isSinkBroken && playedMs === 0);
  const content = reason === "clip-missing" ? withoutClip(state, sound) : state.content;
  const next: AgentState = {
    ...state,
    content,
    playout: { ...state.playout, sounding, failed, isSinkBroken },
  };
  const known = state.memory.progress.get(sound.occurrenceId);
  if (known === null) return { state: next, effects: [] };
  // Its own level, for what was shorter than a period of the meter.
  const mixerDb = rmsDb === null || playedMs <= 0 ? known.mixerDb : louder(known.mixerDb, rmsDb);
  const amplifierOn = known.amplifierOn ?? justRead(state, sound, now);
  const counted = { ...known, mixerDb, amplifierOn, playedMs: known.playedMs + Math.round(playedMs) };
  const note = reason === null ? counted : withTrouble(counted, causeOf(reason));
  const offsetMs = Math.round(sound.offsetMs);
  const asRun: readonly BoxEvent[] =
    sound.startedAt === null || playedMs <= 0
      ? []
      : [{ kind: "as-run", occurrenceId: note.id, startedAt: sound.startedAt, endedAt: at, offsetMs, rmsDb }];
  const noted = withNotes(next, [note]);
  const { memory, changes } = withEvents(noted.memory, asRun);
  return {
    state: withMemory(noted, { ...memory, aliveAt: now }),
    effects: [
      {
        kind: "commit",
        onFailure: "keep",
        changes: [putProgress(note), ...changes, ...putAlive(state.time, now)],
      },
    ],
  };
}

/** A sound that was over before the next poll: what was read in the moments before it must do. */
function justRead(state: AgentState, sound: Sounding, now: Instant): boolean | null {
  const soundedMs = now - (sound.startedAt ?? now);
  return soundedMs > FAST_POLL_MS ? null : isPassing(state.amplifier, now, soundedMs + FAST_POLL_MS);
}

function failure(state: AgentState, key: string, reason: SoundFailure, now: Instant) {
  const times = (state.playout.failed.get(key)?.times ?? 0) + 1;
  // A missing clip is fetched again, and until then it is not playable.
  const canPass = reason !== "not-audio" && reason !== "truncated";
  const waitMs = reason === "sink-failed" ? SINK_RETRY_MS : 0;
  return { times, retryAt: canPass && times < MAX_TRIES ? plus(now, waitMs) : null };
}

/** The disk said that a clip is not there after all: it is fetched again. */
function withoutClip(state: AgentState, sound: Sounding): AgentState["content"] {
  const occurrence = state.agenda.occurrences.find((one) => one.id === sound.occurrenceId);
  const item = occurrence?.items[sound.itemIndex];
  const sha256 = item === undefined ? null : clipOf(item);
  if (sha256 === null) return state.content;
  const present = new Set(state.content.present);
  present.delete(sha256);
  return { ...state.content, present };
}

function causeOf(reason: SoundFailure): Cause {
  switch (reason) {
    case "clip-missing":
      return "content-missing";
    case "not-audio":
    case "truncated":
      return "content-bad";
    case "decoder-died":
    case "decoder-hung":
      return "decoder-failed";
    case "sink-failed":
      return "sink-failed";
    case "relay-not-allowed":
    case "relay-wrong-format":
    case "relay-unavailable":
      return "relay-failed";
  }
}
