import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { givenUpAt, isSaidWhole, isVoided, minRestOf, type OnAir } from "@loa/shared/broadcast/on-air.ts";
import { positionAfter, reaches } from "@loa/shared/broadcast/position.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import { asInstant, DAY_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { BoxEvent } from "@loa/shared/wire/bodies.ts";
import { LOOK_BACK_MS, occurrenceIn } from "./air.ts";
import { isMissing, isUnnamed } from "./air-source.ts";
import { isConfirmed } from "./box-time.ts";
import { type Effect, put } from "./effect.ts";
import { emergencyOccurrences, pruneEmergencies } from "./emergencies.ts";
import { type Noted, pruneProgress, putAlive, putProgress } from "./memory.ts";
import { type Moment, sooner } from "./moment.ts";
import { withMemory, withNotes } from "./note-down.ts";
import { newNote, receiptOf, withDoubtLost, withTrouble } from "./noted.ts";
import { withEvents } from "./outbox.ts";
import { whyHeldBack } from "./safety.ts";
import type { AgentState } from "./state.ts";

/** An occurrence that has not begun this long after it was due is told as missed; a late join corrects it. */
const TELL_MISSED_AFTER_MS = 20 * SECOND_MS;
/** How far back a box that was off owes an answer, and how many at most. */
const OWED_MS = 7 * DAY_MS;
const MAX_OWED = 200;
/** How often «I was alive» is written when nothing else is. */
const ALIVE_EVERY_MS = 5 * MINUTE_MS;
/** After its end an occurrence waits this long for the last word of the mixer and of the amplifier. */
const LAST_WORD_MS = 6 * SECOND_MS;
/** And an amplifier that is silent by then until it was tried again: why it is says more than that it is. */
const SILENT_LAST_WORD_MS = 15 * SECOND_MS;

/** Without the time nothing is old. */
const EVER = asInstant(0);

/** An amplifier that is well has said within two polls that it passed on what sounded. */
const IN_DOUBT_MS = 2 * SECOND_MS;

export interface SettleStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/** When «I was alive» is due; null: never, for who does not know the time has nothing to say of it. */
export function aliveDueAt({ memory: { aliveAt } }: AgentState, { now, isTrusted }: Moment): Instant | null {
  if (!isTrusted) return null;
  // One that lies ahead was written down while a clock was wrong.
  const isNow = aliveAt === null || aliveAt - now >= ALIVE_EVERY_MS;
  return isNow ? now : plus(aliveAt, ALIVE_EVERY_MS);
}

/** Between two looks at the air nothing has come due: that is written down, and nothing is decided. */
export function noteAlive(state: AgentState, moment: Moment): Omit<SettleStep, "lookAgainAt"> {
  return write(state, [], [], moment);
}

/** Closes what is over and gives every due occurrence its receipt. */
export function settle(state: AgentState, air: OnAir, moment: Moment): SettleStep {
  const { now } = moment;
  const noted = state.memory.progress.open();
  // Who does not know the time can account for emergencies only.
  const mine = moment.isTrusted ? noted : noted.filter(isSaidWhole);
  const neverDue = mine.filter((note) => isNeverDue(state, note, now));
  const open = mine.filter((note) => !neverDue.includes(note));
  const decided = [
    ...open.flatMap((note) => endOfOpen(state, note, air, now)),
    ...emergencyOccurrences(state).flatMap((one) => (hasNote(state, one) ? [] : unsaid(state, one, now))),
    ...state.agenda.occurrences.flatMap((one) =>
      one.at > now || hasNote(state, one) ? [] : unbegun(state, one, air, now),
    ),
    ...(moment.isTrusted ? owed(state, now) : []),
  ];
  const aliveAt = aliveDueAt(state, moment);
  const isIdle = decided.length === 0 && neverDue.length === 0;
  if (isIdle && (aliveAt === null || now < aliveAt)) {
    return {
      state: moment.isTrusted ? { ...state, memory: { ...state.memory, settledUpTo: now } } : state,
      effects: [],
      lookAgainAt: nextSettle(state, open, moment),
    };
  }
  const written = write(state, decided, neverDue, moment);
  return { ...written, lookAgainAt: nextSettle(written.state, written.state.memory.progress.open(), moment) };
}

/** Prepared, and taken out of the plan before its second: nobody is owed a word, and it may come back. */
function isNeverDue(state: AgentState, note: Noted, now: Instant): boolean {
  return (
    note.dueAt > now &&
    !isSaidWhole(note) &&
    !state.agenda.occurrences.some((one) => one.id === note.id) &&
    !state.playout.sounding.some((one) => one.occurrenceId === note.id)
  );
}

/** A decision on one occurrence: over with it, or only an early word to the controller. */
interface Decision {
  readonly note: Noted;
  readonly isOver: boolean;
}

function write(
  state: AgentState,
  decided: readonly Decision[],
  neverDue: readonly Noted[],
  moment: Moment,
): Omit<SettleStep, "lookAgainAt"> {
  const { now } = moment;
  const notes: Noted[] = [];
  const events: BoxEvent[] = [];
  for (const { note, isOver } of decided) {
    const said = receiptOf({ ...note, isOver }, state.time, moment);
    notes.push({ ...said.note, since: isOver ? null : note.since });
    events.push({ kind: "receipt", receipt: said.receipt });
  }
  const noted = withNotes(state, notes);
  const told = withEvents(noted.memory, events);
  const isClockTrue = isConfirmed(state.time.trust);
  // What an emergency came to must not be forgotten while that stands: it would be said again.
  const nowFor = (note: Noted) => ((isSaidWhole(note) ? isClockTrue : moment.isTrusted) ? now : EVER);
  const pruned = pruneProgress(told.memory.progress, neverDue, nowFor);
  const settledUpTo = moment.isTrusted ? now : told.memory.settledUpTo;
  const kept = { ...told.memory, progress: pruned.kept, aliveAt: now, settledUpTo };
  const { memory, changes: forgotten } = pruneEmergencies(kept, now, isClockTrue);
  const changes = [
    ...notes.map(putProgress),
    ...told.changes,
    ...pruned.changes,
    ...forgotten,
    ...putAlive(state.time, moment),
    ...(moment.isTrusted ? [put("meta", "settled-up-to", now)] : []),
  ];
  return { state: withMemory(state, memory), effects: [{ kind: "commit", onFailure: "keep", changes }] };
}

function endOfOpen(state: AgentState, note: Noted, air: OnAir, now: Instant): readonly Decision[] {
  if (state.playout.sounding.some((one) => one.occurrenceId === note.id)) return [];
  const planned = occurrenceIn(state, note.id);
  const cause = whyOver(state, note, planned, now);
  if (cause === "not-over") return earlyWord(state, note, air, now);
  const ended = planned === null ? note : withinLife(note, planned, now);
  return [{ note: undoubted(state, cause === null ? ended : withTrouble(ended, cause)), isOver: true }];
}

/** Sound that no reading stands for by now did not get through. */
function undoubted({ amplifier }: AgentState, note: Noted): Noted {
  const cause = amplifier.trouble?.cause ?? "amplifier-unreachable";
  if (note.unprovenMs > IN_DOUBT_MS) return withTrouble(withDoubtLost(note), cause);
  // Who was silent to the end may have said meanwhile that it is somebody else.
  return note.trouble === "amplifier-unreachable" ? withTrouble(note, cause) : note;
}

function whyOver(
  state: AgentState,
  note: Noted,
  planned: Occurrence | null,
  now: Instant,
): Cause | null | "not-over" {
  const { stoppedAt } = state.memory;
  if (isVoided({ at: note.dueAt, rung: note.rung }, note, stoppedAt)) return "stopped";
  if (planned === null) {
    if (isSaidWhole(note)) return "cancelled";
    return note.dueAt < now - LOOK_BACK_MS ? "power-cut" : "withdrawn";
  }
  // Its life was over before all was said: what was due until then is what counts.
  if (planned.voidAt !== null && now >= planned.voidAt) return note.playedMs > 0 ? null : "too-late";
  const endsAt = note.since === null ? null : endOfNote(planned, note, note.since);
  if (endsAt !== null && now >= endsAt) {
    const isSettled = note.unprovenMs <= IN_DOUBT_MS;
    const dueMs = note.durationMs - note.pauseMs;
    const passedMs = note.playedMs - note.lostMs;
    const isWhole = isSettled && note.playedMs > 0 && passedMs >= dueMs - SECOND_MS;
    const lastWordMs = state.amplifier.trouble === null ? LAST_WORD_MS : SILENT_LAST_WORD_MS;
    return isWhole || now >= endsAt + lastWordMs ? null : "not-over";
  }
  if (note.since === null && note.durationMs - note.offsetMs < minRestOf(note.durationMs)) return null;
  if (now >= givenUpAt(planned)) return "pre-empted";
  return "not-over";
}

function endOfNote(planned: Occurrence, note: Noted, since: Instant): Instant {
  return reaches(planned, { positionMs: note.offsetMs, at: since }, planned.durationMs);
}

/** Of an emergency that was to be repeated for longer than it lived, only what lay in its life was due. */
function withinLife(note: Noted, planned: Occurrence, now: Instant): Noted {
  if (planned.voidAt === null || now < planned.voidAt) return note;
  const begun = { positionMs: note.offsetMs, at: note.since ?? planned.voidAt };
  const dueMs = Math.min(planned.durationMs, Math.round(positionAfter(planned, begun, planned.voidAt)));
  let begin = 0;
  let pauseMs = 0;
  for (const item of planned.items) {
    const insideMs = Math.max(0, Math.min(item.durationMs, dueMs - begin));
    if (item.kind === "pause") pauseMs += insideMs;
    begin += item.durationMs;
  }
  return { ...note, durationMs: Math.max(1, dueMs), pauseMs };
}

/** It has a note and makes no sound: say so once, early, if nothing was said. */
function earlyWord(state: AgentState, note: Noted, air: OnAir, now: Instant): readonly Decision[] {
  const isWaiting = air.waiting.some((one) => one.id === note.id);
  if (note.told !== null || note.playedMs > 0 || now < note.dueAt + TELL_MISSED_AFTER_MS) return [];
  const held = state.silence.until === null ? "pre-empted" : "silenced-locally";
  const trouble = isWaiting ? held : (lackOf(state, note) ?? note.trouble);
  return trouble === null ? [] : [{ note: { ...note, trouble: note.trouble ?? trouble }, isOver: false }];
}

/** Stands, and nothing of it was ever handed to the mixer: it is tried as long as it lives. */
function unsaid(state: AgentState, one: Occurrence, now: Instant): readonly Decision[] {
  if (isVoided(one, null, state.memory.stoppedAt)) return [over(one, "stopped")];
  return one.voidAt !== null && now >= one.voidAt ? [over(one, "too-late")] : [];
}

/** Due, and nothing of it was ever handed to the mixer. */
function unbegun(state: AgentState, one: Occurrence, air: OnAir, now: Instant): readonly Decision[] {
  const { settledUpTo, stoppedAt, ownsFrom } = state.memory;
  if (ownsFrom === null || one.at < ownsFrom) return [];
  const isStopped = isVoidedByStop(one.at, stoppedAt);
  if (isStopped) return settledUpTo !== null && one.at <= settledUpTo ? [] : [over(one, "stopped")];
  if (air.quieted.some((quiet) => quiet.id === one.id))
    return [over(one, whyHeldBack(state, one, air, now) ?? "quiet-hours")];
  if (now >= one.endsAt - minRestOf(one.durationMs)) {
    return [over(one, lackOf(state, newNote(one)) ?? whyBlind(state, one))];
  }
  if (now < one.at + TELL_MISSED_AFTER_MS) return [];
  const lack = lackOf(state, newNote(one));
  // The broadcast runs without this box: what comes late joins it where it is by then.
  const note = { ...newNote(one), since: one.at };
  return lack === null ? [] : [{ note: withTrouble(note, lack), isOver: false }];
}

function over(one: Occurrence, cause: Cause): Decision {
  return { note: withTrouble(newNote(one), cause), isOver: true };
}

function lackOf(state: AgentState, note: Noted): Cause | null {
  const planned = occurrenceIn(state, note.id);
  if (state.health.diskRetryAt !== null) return "disk-full";
  const items = planned?.items ?? [];
  if (items.some((item) => isMissing(item, state.content)))
    return state.content.lastFailure === "disk-full" ? "disk-full" : "content-missing";
  return items.some((item) => isUnnamed(item, state.memory.plan)) ? "relay-failed" : null;
}

/** Why nobody looked at the clock when it was due. */
function whyBlind(state: AgentState, one: Occurrence): Cause {
  const { settledUpTo } = state.memory;
  if (settledUpTo !== null && one.at > settledUpTo) return state.health.blindness ?? "too-late";
  return "too-late";
}

/** Occurrences that were due while the box was off or blind, too long ago for the agenda around now. */
function owed(state: AgentState, now: Instant): readonly Decision[] {
  const { settledUpTo, plan } = state.memory;
  const until = plus(now, -LOOK_BACK_MS);
  if (plan === null || settledUpTo === null || settledUpTo >= until) return [];
  const from = plus(now, -OWED_MS);
  const missed = occurrencesBetween(plan.schedules, settledUpTo > from ? plus(settledUpTo, 1) : from, until);
  return missed
    .filter((one) => !hasNote(state, one))
    .slice(-MAX_OWED)
    .map((one) => over(one, state.health.blindness ?? "power-cut"));
}

function hasNote(state: AgentState, one: Occurrence): boolean {
  return state.memory.progress.get(one.id) !== null;
}

function nextSettle(state: AgentState, open: readonly Noted[], { now }: Moment): Instant | null {
  let next: Instant | null = null;
  for (const note of open) {
    const planned = occurrenceIn(state, note.id);
    if (note.since !== null && planned !== null) {
      const endsAt = endOfNote(planned, note, note.since);
      next = later(later(next, endsAt, now), plus(endsAt, LAST_WORD_MS), now);
      next = later(next, plus(endsAt, SILENT_LAST_WORD_MS), now);
    }
    if (planned?.voidAt != null) next = later(next, planned.voidAt, now);
    next = later(next, plus(note.dueAt, TELL_MISSED_AFTER_MS), now);
  }
  for (const { voidAt } of emergencyOccurrences(state)) if (voidAt !== null) next = later(next, voidAt, now);
  for (const one of state.agenda.occurrences) {
    if (one.endsAt < now || hasNote(state, one)) continue;
    next = later(next, plus(one.at, TELL_MISSED_AFTER_MS), now);
    next = later(next, plus(one.endsAt, -minRestOf(one.durationMs)), now);
  }
  return next;
}

function later(next: Instant | null, at: Instant, now: Instant): Instant | null {
  return at > now ? sooner(next, at) : next;
}
