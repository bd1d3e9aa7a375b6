import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { durationOf } from "@loa/shared/broadcast/air-item.ts";
import { type Cause, type Evidence, judge, type Receipt } from "@loa/shared/broadcast/receipt.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type BoxTime, clockErrorAt } from "./box-time.ts";
import type { Noted } from "./memory.ts";
import type { Moment } from "./moment.ts";

/** What sounds after the last measurement counts as measured up to here: two polls, and what one of them may take. */
const END_UNSEEN_MS = 5 * SECOND_MS;

/** The note of an occurrence of which nothing has sounded yet. */
export function newNote(occurrence: Occurrence): Noted {
  return {
    id: occurrence.id,
    rung: occurrence.rung,
    dueAt: occurrence.at,
    durationMs: occurrence.durationMs,
    pauseMs: pauseMsIn(occurrence),
    offsetMs: 0,
    since: null,
    begunAt: null,
    isOver: false,
    playedMs: 0,
    lostMs: 0,
    unprovenMs: 0,
    startErrorMs: null,
    mixerDb: null,
    amplifierOn: null,
    amplifierDb: null,
    amplifierMeterPercent: null,
    gainDb: null,
    lineCurrentA: null,
    microphoneDb: null,
    microphoneMatch: null,
    unmeasuredMs: 0,
    unseenMs: 0,
    provenAt: null,
    trouble: null,
    told: null,
  };
}

/** Silence that belongs to it, ms. */
export function pauseMsIn({ items }: Pick<Occurrence, "items">): number {
  return durationOf(items.filter((item) => item.kind === "pause"));
}

/** The first trouble is the cause; what follows from it is not, unless it says why nobody answered. */
export function withTrouble(note: Noted, trouble: Cause): Noted {
  const isWhy = note.trouble === "amplifier-unreachable" && trouble === "amplifier-wrong-identity";
  return note.trouble === null || isWhy ? { ...note, trouble } : note;
}

/** Nobody can prove any more that it was passed on. */
export function withDoubtLost(note: Noted): Noted {
  return { ...note, lostMs: note.lostMs + note.unprovenMs, unprovenMs: 0 };
}

export function evidenceOf(note: Noted, time: BoxTime, moment: Moment): Evidence {
  return {
    dueMs: Math.max(0, note.durationMs - note.pauseMs),
    playedMs: Math.max(0, note.playedMs - note.lostMs),
    startErrorMs: note.startErrorMs,
    mixerDb: note.mixerDb,
    amplifierOn: note.amplifierOn,
    amplifierDb: note.amplifierDb,
    amplifierMeterPercent: note.amplifierMeterPercent,
    gainDb: note.gainDb,
    lineCurrentA: note.lineCurrentA,
    microphoneDb: note.microphoneDb,
    microphoneMatch: note.microphoneMatch,
    unmeasuredMs: note.unmeasuredMs + (note.unseenMs > END_UNSEEN_MS ? note.unseenMs : 0),
    provenAgeMs: note.provenAt === null ? null : Math.max(0, moment.now - note.provenAt),
    clock: time.trust,
    clockErrorMs: clockErrorAt(time, moment.mono),
  };
}

/** The receipt that the evidence allows now, and the note that remembers that it was told. */
export function receiptOf(note: Noted, time: BoxTime, moment: Moment): { note: Noted; receipt: Receipt } {
  const evidence = evidenceOf(note, time, moment);
  const said = judge(evidence, note.trouble);
  const receipt: Receipt = { occurrenceId: note.id, dueAt: note.dueAt, ...said, evidence, at: moment.now };
  return { note: { ...note, told: said.verdict }, receipt };
}

/** The louder of two levels, of which one may not have been measured. */
export function louder(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
