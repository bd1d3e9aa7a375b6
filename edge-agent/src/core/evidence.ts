import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { SILENCE_FLOOR_DB } from "@loa/shared/broadcast/receipt.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isPassing, REFUSALS_FOR_FAULT, valueNow } from "./amplifier.ts";
import type { Noted } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { louder, withTrouble } from "./noted.ts";
import { withNotes } from "./playout.ts";
import type { AgentState, Sounding } from "./state.ts";

/** A mixer louder than this must be heard by an amplifier that measures its output. */
const LOUD_DB = -40;
/** Speech has pauses: silence behind a loud mixer counts only after this long. */
const SILENT_AFTER_MS = 4 * SECOND_MS;
/** One look never accounts for more lost sound than this. */
const MAX_LOOK_MS = 10 * SECOND_MS;
/** A meter looks back this far: until then it may still speak of the item before. */
const METER_PERIOD_MS = SECOND_MS;
const FRESH_MS = 10 * SECOND_MS;

/** Joins the mixer's meter and the amplifier's read-back into the evidence of what sounds now. */
export function observe(state: AgentState, moment: Moment): AgentState {
  const heard = state.playout.sounding.filter((one) => one.startedAt !== null && !one.isStopping);
  if (heard.length === 0) {
    const isClean = state.playout.observedAt === null && state.amplifier.silentSince === null;
    if (isClean) return state;
    return {
      ...state,
      playout: { ...state.playout, observedAt: null },
      amplifier: { ...state.amplifier, silentSince: null },
    };
  }
  const silentSince = isBehindSilent(state, heard, moment)
    ? (state.amplifier.silentSince ?? moment.now)
    : null;
  const next = {
    ...state,
    amplifier: { ...state.amplifier, silentSince },
    playout: { ...state.playout, observedAt: moment.now },
  };
  const lookMs = Math.min(MAX_LOOK_MS, Math.max(0, moment.now - (state.playout.observedAt ?? moment.now)));
  const notes = heard.flatMap((one): Noted[] => {
    const note = next.memory.progress.get(one.occurrenceId);
    return note === undefined ? [] : [seen(note, one, next, lookMs, moment)];
  });
  return withNotes(next, notes);
}

function seen(note: Noted, sound: Sounding, state: AgentState, lookMs: number, { now }: Moment): Noted {
  const { amplifier } = state;
  const { mixer } = state.playout;
  const startedAt = sound.startedAt ?? now;
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
  };
  const trouble = troubleOf(state, passing, now);
  return trouble === null
    ? measured
    : withTrouble({ ...measured, lostMs: measured.lostMs + lookMs }, trouble);
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

function isBehindSilent(state: AgentState, heard: readonly Sounding[], { now }: Moment): boolean {
  const { mixer } = state.playout;
  const began = Math.max(...heard.map((one) => one.startedAt ?? now));
  if (mixer === null || mixer.rmsDb < LOUD_DB || now - mixer.at > FRESH_MS) return false;
  const level = valueNow(state.amplifier, "amplifier.level", now, Math.min(FRESH_MS, now - began));
  return level !== null && level < SILENCE_FLOOR_DB;
}
