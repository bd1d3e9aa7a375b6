import {
  type Cause,
  isLoudAt,
  LINE_CURRENT_FLOOR_A,
  MICROPHONE_MATCH,
  SILENCE_FLOOR_DB,
  WHOLE_TOLERANCE_MS,
} from "@loa/shared/broadcast/receipt.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isPassing, provenAt, READING_VALID_MS, valueNow } from "./amplifier.ts";
import { heardItems } from "./heard.ts";
import type { Memory, Noted } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { withNotes } from "./note-down.ts";
import { louder, withDoubtLost, withTrouble } from "./noted.ts";
import { hasMeter, measuredAt, measuredNow, powerLoss, shownAt, silenceBehind } from "./output.ts";
import { sequenceTrouble } from "./sequences.ts";
import type { AgentState, AmplifierState, Sounding } from "./state.ts";

/** A mixer louder than this must be heard by an amplifier that measures its output. */
const LOUD_DB = -40;
/** Speech has pauses: silence behind a loud mixer counts only after this long. */
const SILENT_AFTER_MS = 4 * SECOND_MS;
/** Where two measurements of the same second contradict each other no pause explains it: two looks are enough. */
const CONTRADICTED_AFTER_MS = SECOND_MS;
/** At the end of a sound two polls of silence behind a loud mixer are enough: no further one will tell. */
const END_SILENT_MS = 2 * SECOND_MS;
/** One look never accounts for more lost sound than this. */
const MAX_LOOK_MS = 10 * SECOND_MS;
/** A meter looks back this far: until then it may still speak of the item before. */
const METER_PERIOD_MS = SECOND_MS;
const FRESH_MS = 10 * SECOND_MS;
/** Up to here the mixer has not been measured yet: nothing is proven before it is. */
const FIRST_LOOK_MS = 2.5 * SECOND_MS;
/** An output that is expected no further above the floor than this says nothing by being below it, dB. */
const NEAR_SILENCE_DB = 15;
/** Two measurements of the same sound that are no further apart speak for what lies between: some polls may get lost. */
const MEASURE_GAP_MS = 15 * SECOND_MS;

/** Joins the mixer's meter and the amplifier's read-back into the evidence of what sounds now. */
export function observe(state: AgentState, moment: Moment): AgentState {
  const heard = heardItems(state.playout);
  if (heard.length === 0) {
    const isClean = state.playout.observedAt === null && state.amplifier.silentSince === null;
    const quiet = isClean
      ? state
      : {
          ...state,
          playout: { ...state.playout, observedAt: null },
          amplifier: { ...state.amplifier, ...NOT_SILENT },
        };
    return withNotes(quiet, afterwards(quiet, heard, moment));
  }
  const amplifier = withSilence(state, heard, moment);
  const lastSilence = silenceAfter(state, amplifier, heard, moment.now);
  const isAsBefore = amplifier === state.amplifier && lastSilence === state.lastSilence;
  const next = isAsBefore ? state : { ...state, amplifier, lastSilence };
  const sinceLastMs = Math.round(moment.now - (state.playout.observedAt ?? moment.now));
  const lookMs = Math.min(MAX_LOOK_MS, Math.max(0, sinceLastMs));
  const notes = [...afterwards(next, heard, moment)];
  for (const one of heard) {
    const note = next.memory.progress.get(one.occurrenceId);
    if (note !== null) notes.push(seen(note, one, next, lookMs, moment));
  }
  const { memory } = state;
  return {
    ...next,
    memory: notes.length === 0 ? memory : { ...memory, progress: memory.progress.with(notes) },
    playout: { ...state.playout, observedAt: moment.now },
  };
}

const NOT_SILENT = { silentSince: null, silentCause: null, silentSeenAt: null } as const;

/** Since when, and why, nothing is heard behind a mixer that is loud. */
function withSilence(state: AgentState, heard: readonly Sounding[], moment: Moment): AmplifierState {
  const { amplifier } = state;
  const cause = silenceNow(state, heard, moment);
  if (cause === "unclear") return amplifier;
  if (cause === null) return amplifier.silentSince === null ? amplifier : { ...amplifier, ...NOT_SILENT };
  if (amplifier.silentCause === cause) return amplifier;
  // A pause in which one of two meters still shows the word before is no open line: that must be seen twice by itself.
  const before = cause === "line-open" ? NOT_SILENT : amplifier;
  const silentSince = before.silentSince ?? firstSilent(heard, moment.now);
  const silentSeenAt = before.silentSeenAt ?? shownAt(amplifier);
  return { ...amplifier, silentSince, silentCause: cause, silentSeenAt };
}

/** What is silent as the mixer is measured first was silent from its first sample. */
function firstSilent(heard: readonly Sounding[], now: Instant): Instant {
  const began = heard.reduce<Instant>(
    (last, { heardFrom }) => later(last, heardFrom),
    heard[0]?.heardFrom ?? now,
  );
  return now - began <= FIRST_LOOK_MS ? began : now;
}

function lastBegun(heard: readonly Sounding[], now: Instant): Instant {
  const first = heard[0]?.heardFrom ?? now;
  return heard.reduce<Instant>((last, { heardFrom }) => later(last, heardFrom ?? now), first);
}

function later(a: Instant, b: Instant | null): Instant {
  return b !== null && b > a ? b : a;
}

function silenceNow(
  state: AgentState,
  heard: readonly Sounding[],
  { now }: Moment,
): Cause | "unclear" | null {
  const { mixer } = state.playout;
  if (mixer === null || mixer.rmsDb < LOUD_DB || now - mixer.at > FRESH_MS) return null;
  // Who was asked to be this quiet is nearly silent by our own wish.
  const { wantedGainDb } = state.amplifier;
  const gainDb = wantedGainDb ?? valueNow(state.amplifier, "amplifier.gain", now) ?? 0;
  const hasGain = state.amplifier.capabilities?.includes("amplifier.gain") === true;
  const expectedDb = mixer.rmsDb + (hasGain ? Math.min(0, gainDb) : 0);
  if (expectedDb < SILENCE_FLOOR_DB + NEAR_SILENCE_DB) return null;
  const began = lastBegun(heard, now);
  return silenceBehind(state, mixer.rmsDb, now, Math.min(FRESH_MS, now - began));
}

/** The silence that stands by now, long enough that it is none of speech; null: none. */
export function silenceOf(amplifier: AmplifierState, now: Instant): Cause | null {
  const { silentSince, silentCause, silentSeenAt } = amplifier;
  if (silentSince === null || silentCause === null) return null;
  if (silentCause === "amplifier-silent") return now - silentSince >= SILENT_AFTER_MS ? silentCause : null;
  const shown = shownAt(amplifier);
  const isSeenTwice = shown === null || silentSeenAt === null || shown > silentSeenAt;
  return isSeenTwice && now - silentSince >= CONTRADICTED_AFTER_MS ? silentCause : null;
}

/**
 * A silence is remembered until something is measured to be heard again. Where nothing is measured a flag told of it,
 * and a sound under which no flag is up has ended it.
 */
function silenceAfter(
  { devices, lastSilence, playout }: AgentState,
  amplifier: AmplifierState,
  heard: readonly Sounding[],
  now: Instant,
): AgentState["lastSilence"] {
  const cause = silenceOf(amplifier, now);
  if (cause !== null) return lastSilence?.cause === cause ? lastSilence : { cause, since: now };
  if (lastSilence === null || amplifier.silentSince !== null) return lastSilence;
  if (playout.mixer === null || playout.mixer.rmsDb < LOUD_DB) return lastSilence;
  if (amplifier.capabilities !== null && !hasMeter(devices)) return null;
  const began = lastBegun(heard, now);
  const { levelDb, meterPercent, currentA } = measuredNow(amplifier, now, Math.min(FRESH_MS, now - began));
  const isLoud = isLoudAt(levelDb, meterPercent) ?? (currentA !== null && currentA >= LINE_CURRENT_FLOOR_A);
  return isLoud ? null : lastSilence;
}

/** After a start: what the last occurrence on record was not heard for, as far as it lay behind the mixer. */
export function silenceOnRecord({ progress }: Memory): AgentState["lastSilence"] {
  const told = progress.all().filter((note) => note.isOver && note.told !== null);
  const last = told.reduce<Noted | null>((a, b) => (a === null || b.dueAt > a.dueAt ? b : a), null);
  if (last === null || last.trouble === null || !lineTroubles.has(last.trouble)) return null;
  const isMended = last.told === "heard" || last.told === "played";
  return isMended ? null : { cause: last.trouble, since: last.dueAt };
}

const lineTroubles: ReadonlySet<Cause> = new Set([
  "amplifier-silent",
  "amplifier-thermal",
  "line-open",
  "line-short",
]);

/** What the amplifier says after a sound still speaks for its end. */
function afterwards(state: AgentState, heard: readonly Sounding[], { now }: Moment): readonly Noted[] {
  if (state.amplifier.pace === "idle") return [];
  const isHeard = (note: Noted) => heard.some((one) => one.occurrenceId === note.id);
  const doubtful = state.memory.progress.open().filter((note) => note.unprovenMs > 0 && !isHeard(note));
  if (doubtful.length === 0) return [];
  const passing = isPassing(state.amplifier, now, READING_VALID_MS);
  return doubtful.map((note) => weighed(note, state, troubleOf(state, passing, now), now));
}

function seen(note: Noted, sound: Sounding, state: AgentState, lookMs: number, { now }: Moment): Noted {
  const { amplifier } = state;
  const { mixer } = state.playout;
  const startedAt = sound.heardFrom ?? now;
  const sinceMs = now - startedAt;
  const passing = isPassing(amplifier, now, sinceMs);
  const settledMs = sinceMs - METER_PERIOD_MS;
  const output = measuredNow(amplifier, now, settledMs);
  const { unmeasuredMs, unseenMs } = unmeasuredOf(note, lookMs, startedAt, state, now);
  const measured: Noted = {
    ...note,
    mixerDb:
      mixer !== null && mixer.at - startedAt >= METER_PERIOD_MS
        ? louder(note.mixerDb, mixer.rmsDb)
        : note.mixerDb,
    amplifierOn:
      passing === true ? true : note.amplifierOn === null && passing === false ? false : note.amplifierOn,
    amplifierDb: louder(note.amplifierDb, output.levelDb),
    amplifierMeterPercent: louder(note.amplifierMeterPercent, output.meterPercent),
    gainDb: valueNow(amplifier, "amplifier.gain", now) ?? note.gainDb,
    lineCurrentA: louder(note.lineCurrentA, output.currentA),
    unprovenMs: note.unprovenMs + lookMs,
    unmeasuredMs,
    unseenMs,
  };
  const listened = withMicrophone(measured, startedAt, state);
  const trouble = troubleOf(state, passing, now);
  return weighed(listened, state, trouble, now);
}

/** A microphone counts from when its second lies in this sound. */
function withMicrophone(note: Noted, startedAt: Instant, { playout }: AgentState): Noted {
  const { microphone } = playout;
  if (microphone === null || microphone.at - startedAt < METER_PERIOD_MS) return note;
  const microphoneDb = louder(note.microphoneDb, microphone.rmsDb);
  return { ...note, microphoneDb, microphoneMatch: louder(note.microphoneMatch, microphone.match) };
}

/** A new measurement ends the stretch of which nobody knew what came out; a long one stays unmeasured. */
function unmeasuredOf(
  note: Noted,
  lookMs: number,
  startedAt: Instant,
  state: AgentState,
  now: Instant,
): Pick<Noted, "unmeasuredMs" | "unseenMs"> {
  const { unmeasuredMs } = note;
  const unseenMs = note.unseenMs + lookMs;
  const at = latest(measuredAt(state.amplifier, startedAt), heardAt(state, startedAt));
  if (at === null) return { unmeasuredMs, unseenMs };
  const openMs = Math.max(0, Math.round(now - at));
  const gapMs = unseenMs - openMs;
  if (gapMs <= 0) return { unmeasuredMs, unseenMs };
  return { unmeasuredMs: unmeasuredMs + (gapMs > MEASURE_GAP_MS ? gapMs : 0), unseenMs: openMs };
}

function heardAt({ playout }: AgentState, since: Instant): Instant | null {
  const { microphone } = playout;
  if (microphone === null || microphone.match === null || microphone.at < since) return null;
  return microphone.match >= MICROPHONE_MATCH ? microphone.at : null;
}

function latest(a: Instant | null, b: Instant | null): Instant | null {
  return a === null ? b : b === null || a > b ? a : b;
}

/**
 * Sound is in doubt until a reading says that the amplifier passed it on. In trouble the doubt is lost too, back to the
 * last good reading; one poll that got lost is nothing when the next one is good.
 */
function weighed(note: Noted, { amplifier }: AgentState, trouble: Cause | null, now: Instant): Noted {
  if (trouble !== null) {
    const lost = withDoubtLost(note);
    // What is too short to be missed by anybody is not the cause of what is lost later.
    return lost.lostMs > Math.min(WHOLE_TOLERANCE_MS, note.durationMs / 2)
      ? withTrouble(lost, trouble)
      : lost;
  }
  if (note.mixerDb === null && note.unprovenMs < FIRST_LOOK_MS) return note;
  const proven = provenAt(amplifier, now);
  if (proven === null) return note;
  const upTo =
    amplifier.silentSince !== null && amplifier.silentSince < proven ? amplifier.silentSince : proven;
  const unprovenMs = Math.min(note.unprovenMs, Math.max(0, Math.round(now - upTo)));
  const newest = latest(note.provenAt, upTo);
  const isKnown = unprovenMs === note.unprovenMs && newest === note.provenAt;
  return isKnown ? note : { ...note, unprovenMs, provenAt: newest };
}

function troubleOf(state: AgentState, passing: boolean | null, now: Instant): Cause | null {
  const { amplifier } = state;
  const silence = silenceOf(amplifier, now);
  if (passing !== false) return silence ?? sequenceTrouble(state.sequences);
  if (silence !== null && silence !== "amplifier-silent") return silence;
  if (amplifier.trouble !== null) return powerLoss(amplifier) ?? amplifier.trouble.cause;
  // It answers, and is off, mute or without a line.
  return amplifier.capabilities === null ? "amplifier-unreachable" : "amplifier-refused";
}

/** An amplifier that was silent behind a loud mixer up to the last sample has not passed on the end. */
export function withEndSilence(note: Noted, { amplifier, playout }: AgentState, at: Instant): Noted {
  const { silentSince, silentCause } = amplifier;
  // What stands by now has been counted already, look by look.
  if (silentSince === null || silentCause === null || silenceOf(amplifier, at) !== null) return note;
  const silentMs = at - silentSince;
  if (silentMs < END_SILENT_MS) return note;
  const isLoud = playout.mixer !== null && playout.mixer.rmsDb >= LOUD_DB;
  if (!isLoud || at - playout.mixer.at > END_SILENT_MS) return note;
  return withTrouble({ ...note, lostMs: note.lostMs + Math.round(silentMs), unprovenMs: 0 }, silentCause);
}
