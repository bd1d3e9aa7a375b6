import { type OnAir, onAir } from "@loa/shared/broadcast/on-air.ts";
import { positionAfter } from "@loa/shared/broadcast/position.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { airInputs, occurrenceIn } from "./air.ts";
import type { Effect, RecordChange } from "./effect.ts";
import { mayPlay, skipDead, wantedFiller } from "./fallback.ts";
import { heardItems, heardMsOf } from "./heard.ts";
import { holdUnheardAlarms } from "./hold-alarms.ts";
import { type Noted, putAlive, putProgress } from "./memory.ts";
import { type Moment, sooner } from "./moment.ts";
import { withMemory } from "./note-down.ts";
import { giveUpResumes, LOST_AFTER_MS, noteLosers, quieten, RESUME_WITHIN_MS } from "./quieten.ts";
import { chooseWords } from "./spoken-clip.ts";
import { isRunning, isWaitingIn, startFiller, startWanted } from "./start-sounds.ts";
import type { AgentState, Playout, Sounding } from "./state.ts";
import { withCurrentTroubles, withUnnamedRelays } from "./troubles.ts";
import { type WantedSound, wantedSounds } from "./wanted-sounds.ts";

export const SILENT: Playout = {
  sounding: [],
  counter: 0,
  failed: new Map(),
  mixer: null,
  microphone: null,
  markAt: null,
  observedAt: null,
  isSinkBroken: false,
  troubles: [],
  volumeDb: null,
};

/** While something sounds its progress is written down this often. */
const MARK_EVERY_MS = 15 * SECOND_MS;

export interface PlayoutStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly air: OnAir;
  readonly lookAgainAt: Instant | null;
}

/** Compares what should sound with what sounds; notes first, then steps. */
export function runPlayout(before: AgentState, moment: Moment): PlayoutStep {
  const { now } = moment;
  const given = giveUpResumes(holdUnheardAlarms(before, now), now);
  const worded = chooseWords(given.state, now);
  const first = onAir(airInputs(worded.state), now);
  const skipped = skipDead(worded.state, first, now);
  const air = skipped.state === worded.state ? first : onAir(airInputs(skipped.state), now);
  const all = wantedSounds(skipped.state, air, now);
  const playable = all.sounds.filter((one) => mayPlay(skipped.state, one, now));
  const wanted = playable.filter((one) => mayStart(skipped.state, one, now));
  const filler = wantedFiller(skipped.state, air, playable, now);
  const lost = noteLosers(skipped.state, air, wanted, now);
  const kept = quieten(lost.state, air, { wanted, filler }, now);
  const started = startWanted(kept.state, wanted, moment);
  const filled = startFiller(started.state, filler, moment);
  const unnamed = withUnnamedRelays(filled.state, all.sounds, now);
  const marked = mark(withCurrentTroubles(unnamed, all.sounds), moment);
  const starts = [...started.changes, ...filled.changes];
  const changes = [given, worded, skipped, lost, marked].flatMap((one) => one.changes).concat(starts);
  const onFailure = started.isBoundToNote && started.changes.length > 0 ? "revert" : "keep";
  const commit: Effect[] = changes.length === 0 ? [] : [{ kind: "commit", onFailure, changes }];
  return {
    state: marked.state,
    effects: [...given.effects, ...kept.effects, ...commit, ...started.effects, ...filled.effects],
    air,
    lookAgainAt: sooner(nextLook(marked.state, air, [...wanted, ...filler], now), all.lookAgainAt),
  };
}

/** After a note could not be written, nothing new is started for a moment; what sounds goes on. */
function mayStart({ health, playout }: AgentState, one: WantedSound, now: Instant): boolean {
  if (health.diskRetryAt === null || now >= health.diskRetryAt) return true;
  const isThere = isRunning(playout.sounding, one) || isWaitingIn(playout.sounding, one);
  return one.occurrence.voidAt !== null || isThere;
}

/** Every 15 s of sound: how much was played, and that it is still so late. */
function mark(state: AgentState, moment: Moment): { state: AgentState; changes: readonly RecordChange[] } {
  const { now } = moment;
  const { sounding } = state.playout;
  const markAt = state.playout.markAt ?? (sounding.length === 0 ? null : plus(now, MARK_EVERY_MS));
  if (markAt === null || now < markAt) {
    const isSame = markAt === state.playout.markAt;
    return { state: isSame ? state : { ...state, playout: { ...state.playout, markAt } }, changes: [] };
  }
  const heard = heardItems(state.playout);
  const next = {
    ...state,
    playout: { ...state.playout, markAt: sounding.length === 0 ? null : plus(now, MARK_EVERY_MS) },
  };
  if (heard.length === 0) return { state: next, changes: [] };
  const changes = heard.flatMap((one): RecordChange[] => {
    const note = state.memory.progress.get(one.occurrenceId);
    if (note === null) return [];
    const playedMs = note.playedMs + Math.round(heardMsOf(one, now) - one.heardMs);
    return [putProgress({ ...note, ...placeInStation(state, one, note, now), playedMs })];
  });
  return {
    state: withMemory(next, { aliveAt: now }),
    changes: [...changes, ...putAlive(state.time, moment)],
  };
}

/** What an emergency passes on has so much less to go after a power cut; its words are said again. */
function placeInStation(state: AgentState, one: Sounding, note: Noted, now: Instant): Partial<Noted> {
  const occurrence = one.isLive && one.isUrgent ? occurrenceIn(state, one.occurrenceId) : null;
  if (occurrence === null || note.since === null) return {};
  const offsetMs = positionAfter(occurrence, { positionMs: note.offsetMs, at: note.since }, now);
  return { offsetMs: Math.round(offsetMs), since: now };
}

function nextLook(
  { playout, health }: AgentState,
  air: OnAir,
  wanted: readonly WantedSound[],
  now: Instant,
): Instant | null {
  let next = air.lookAgainAt;
  const consider = (at: Instant | null) => {
    if (at !== null && at > now) next = sooner(next, at);
  };
  // A relay does not end by itself, and where an item fails something stands in until its end.
  for (const one of wanted) consider(one.endsAt);
  for (const one of playout.sounding) {
    if (one.isPaused) continue;
    consider(plus(one.endsAt, LOST_AFTER_MS + 1));
    if (one.resumeAskedAt !== null) consider(plus(one.resumeAskedAt, RESUME_WITHIN_MS));
  }
  for (const { retryAt } of playout.failed.values()) consider(retryAt);
  consider(health.diskRetryAt);
  return sooner(next, playout.markAt);
}
