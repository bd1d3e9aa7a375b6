import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { SILENCE_FLOOR_DB } from "@loa/shared/broadcast/receipt.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isPassing, provenAt, READING_VALID_MS, REFUSALS_FOR_FAULT, valueNow } from "./amplifier.ts";
import { heardItems } from "./heard.ts";
import type { Noted } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { withNotes } from "./note-down.ts";
import { louder, withDoubtLost, withTrouble } from "./noted.ts";
import type { AgentState, Sounding } from "./state.ts";

/** A mixer louder than this must be heard by an amplifier that measures its output. */
const LOUD_DB = -40;
/** Speech has pauses: silence behind a loud mixer counts only after this long. */
const SILENT_AFTER_MS = 4 * SECOND_MS;
/** At the end of a sound two polls of silence behind a loud mixer are enough: no further one will tell. */
const END_SILENT_MS = 2 * SECOND_MS;
/** One look never accounts for more lost sound than this. */
const MAX_LOOK_MS = 10 * SECOND_MS;
/** A meter looks back this far: until then it may still speak of the item before. */
const METER_PERIOD_MS = SECOND_MS;
const FRESH_MS = 10 * SECOND_MS;

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
          amplifier: { ...state.amplifier, silentSince: null },
        };
    return withNotes(quiet, afterwards(quiet, heard, moment));
  }
  const silentSince = isBehindSilent(state, heard, moment)
    ? (state.amplifier.silentSince ?? moment.now)
    : null;
  const isAsSilent = silentSince === state.amplifier.silentSince;
  const next = {
    ...state,
    amplifier: isAsSilent ? state.amplifier : { ...state.amplifier, silentSince },
    playout: { ...state.playout, observedAt: moment.now },
  };
  const sinceLastMs = Math.round(moment.now - (state.playout.observedAt ?? moment.now));
  const lookMs = Math.min(MAX_LOOK_MS, Math.max(0, sinceLastMs));
  const notes = heard.flatMap((one): Noted[] => {
    const note = next.memory.progress.get(one.occurrenceId);
    return note === null ? [] : [seen(note, one, next, lookMs, moment)];
  });
  return withNotes(next, [...afterwards(next, heard, moment), ...notes]);
}

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
  const measured: Noted = {
    ...note,
    mixerDb:
      mixer !== null && mixer.at - startedAt >= METER_PERIOD_MS
        ? louder(note.mixerDb, mixer.rmsDb)
        : note.mixerDb,
    amplifierOn:
      passing === true ? true : note.amplifierOn === null && passing === false ? false : note.amplifierOn,
    amplifierDb: louder(note.amplifierDb, valueNow(amplifier, "amplifier.level", now, settledMs)),
    lineCurrentA: louder(note.lineCurrentA, valueNow(amplifier, "speakerLine.current", now, settledMs)),
    unprovenMs: note.unprovenMs + lookMs,
  };
  const trouble = troubleOf(state, passing, now);
  return weighed(measured, state, trouble, now);
}

/**
 * Sound is in doubt until a reading says that the amplifier passed it on. In trouble the doubt is lost too, back to the
 * last good reading; one poll that got lost is nothing when the next one is good.
 */
function weighed(note: Noted, { amplifier }: AgentState, trouble: Cause | null, now: Instant): Noted {
  if (trouble !== null) return withTrouble(withDoubtLost(note), trouble);
  const proven = provenAt(amplifier, now);
  if (proven === null) return note;
  const upTo = Math.min(proven, amplifier.silentSince ?? proven);
  return { ...note, unprovenMs: Math.min(note.unprovenMs, Math.max(0, Math.round(now - upTo))) };
}

function troubleOf(state: AgentState, passing: boolean | null, now: number): Cause | null {
  const { amplifier } = state;
  if (passing === false) {
    if (amplifier.trouble !== null) return amplifier.trouble.cause;
    return amplifier.refusals >= REFUSALS_FOR_FAULT ? "amplifier-refused" : "amplifier-unreachable";
  }
  const isSilent = amplifier.silentSince !== null && now - amplifier.silentSince >= SILENT_AFTER_MS;
  return isSilent ? "amplifier-silent" : null;
}

/** An amplifier that was silent behind a loud mixer up to the last sample has not passed on the end. */
export function withEndSilence(note: Noted, { amplifier, playout }: AgentState, at: Instant): Noted {
  const { silentSince } = amplifier;
  const silentMs = silentSince === null ? 0 : at - silentSince;
  // What was silent for longer has been counted already, look by look.
  if (silentMs < END_SILENT_MS || silentMs >= SILENT_AFTER_MS) return note;
  const isLoud = playout.mixer !== null && playout.mixer.rmsDb >= LOUD_DB;
  if (!isLoud || at - playout.mixer.at > END_SILENT_MS) return note;
  return withTrouble(
    { ...note, lostMs: note.lostMs + Math.round(silentMs), unprovenMs: 0 },
    "amplifier-silent",
  );
}

function isBehindSilent(state: AgentState, heard: readonly Sounding[], { now }: Moment): boolean {
  const { mixer } = state.playout;
  const began = Math.max(...heard.map((one) => one.heardFrom ?? now));
  if (mixer === null || mixer.rmsDb < LOUD_DB || now - mixer.at > FRESH_MS) return false;
  const level = valueNow(state.amplifier, "amplifier.level", now, Math.min(FRESH_MS, now - began));
  return level !== null && level < SILENCE_FLOOR_DB;
}
