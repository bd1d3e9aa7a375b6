import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { isVoided, MAX_SHIFT_MS, minRestOf, type OnAir } from "@loa/shared/broadcast/on-air.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { DAY_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { BoxEvent } from "@loa/shared/wire/bodies.ts";
import { LOOK_BACK_MS } from "./air.ts";
import { isMissing } from "./air-source.ts";
import { type Effect, put } from "./effect.ts";
import { type Noted, pruneProgress, putAlive, putProgress } from "./memory.ts";
import { type Moment, sooner } from "./moment.ts";
import { newNote, receiptOf, withDoubtLost, withTrouble } from "./noted.ts";
import { withEvents } from "./outbox.ts";
import { withMemory, withNotes } from "./playout.ts";
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

/** An amplifier that is well has said within two polls that it passed on what sounded. */
const IN_DOUBT_MS = 2 * SECOND_MS;

export interface SettleStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/** Closes what is over and gives every due occurrence its receipt. */
export function settle(state: AgentState, air: OnAir, moment: Moment): SettleStep {
  const { now } = moment;
  const noted = state.memory.progress.open();
  const neverDue = noted.filter((note) => isNeverDue(state, note, now));
  const open = noted.filter((note) => !neverDue.includes(note));
  const decided = [
    ...open.flatMap((note) => endOfOpen(state, note, air, now)),
    ...state.agenda.occurrences.flatMap((one) =>
      one.at > now || hasNote(state, one) ? [] : unbegun(state, one, air, now),
    ),
    ...owed(state, now),
  ];
  const isAliveDue = state.memory.aliveAt === null || now - state.memory.aliveAt >= ALIVE_EVERY_MS;
  if (decided.length === 0 && neverDue.length === 0 && !isAliveDue) {
    return {
      state: withMemory(state, { settledUpTo: now }),
      effects: [],
      lookAgainAt: nextSettle(state, open, now),
    };
  }
  return write(state, decided, neverDue, moment);
}

/** Prepared, and taken out of the plan before its second: nobody is owed a word, and it may come back. */
function isNeverDue(state: AgentState, note: Noted, now: Instant): boolean {
  return (
    note.dueAt > now &&
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
): SettleStep {
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
  const pruned = pruneProgress(told.memory.progress, neverDue, now);
  const memory = { ...told.memory, progress: pruned.kept, aliveAt: now, settledUpTo: now };
  const changes = [
    ...notes.map(putProgress),
    ...told.changes,
    ...pruned.changes,
    ...putAlive(state.time, now),
    put("meta", "settled-up-to", now),
  ];
  const next = withMemory(state, memory);
  const open = memory.progress.open();
  return {
    state: next,
    effects: [{ kind: "commit", onFailure: "keep", changes }],
    lookAgainAt: nextSettle(next, open, now),
  };
}

function endOfOpen(state: AgentState, note: Noted, air: OnAir, now: Instant): readonly Decision[] {
  if (state.playout.sounding.some((one) => one.occurrenceId === note.id)) return [];
  const planned = state.agenda.occurrences.find((one) => one.id === note.id);
  const cause = whyOver(state, note, planned, now);
  if (cause === "not-over") return earlyWord(state, note, air, now);
  return [{ note: undoubted(state, cause === null ? note : withTrouble(note, cause)), isOver: true }];
}

/** Sound that no reading stands for by now did not get through. */
function undoubted({ amplifier }: AgentState, note: Noted): Noted {
  if (note.unprovenMs <= IN_DOUBT_MS) return note;
  return withTrouble(withDoubtLost(note), amplifier.trouble?.cause ?? "amplifier-unreachable");
}

function whyOver(
  state: AgentState,
  note: Noted,
  planned: Occurrence | undefined,
  now: Instant,
): Cause | null | "not-over" {
  const { stoppedAt } = state.memory;
  if (isVoided(note.dueAt, note, stoppedAt)) return "stopped";
  if (planned === undefined) return note.dueAt < now - LOOK_BACK_MS ? "power-cut" : "withdrawn";
  if (note.since !== null && now >= note.since + (note.durationMs - note.offsetMs)) {
    const isSettled = note.unprovenMs <= IN_DOUBT_MS;
    const isWhole = isSettled && note.playedMs > 0 && note.playedMs >= note.durationMs - SECOND_MS;
    return isWhole || now >= note.since + (note.durationMs - note.offsetMs) + LAST_WORD_MS
      ? null
      : "not-over";
  }
  if (note.since === null && note.durationMs - note.offsetMs < minRestOf(note.durationMs)) return null;
  if (now >= planned.endsAt + MAX_SHIFT_MS) return "pre-empted";
  return "not-over";
}

/** It has a note and makes no sound: say so once, early, if nothing was said. */
function earlyWord(state: AgentState, note: Noted, air: OnAir, now: Instant): readonly Decision[] {
  const isWaiting = air.waiting.some((one) => one.id === note.id);
  if (note.told !== null || note.playedMs > 0 || now < note.dueAt + TELL_MISSED_AFTER_MS) return [];
  const trouble = isWaiting ? "pre-empted" : (lackOf(state, note) ?? note.trouble);
  return trouble === null ? [] : [{ note: { ...note, trouble: note.trouble ?? trouble }, isOver: false }];
}

/** Due, and nothing of it was ever handed to the mixer. */
function unbegun(state: AgentState, one: Occurrence, air: OnAir, now: Instant): readonly Decision[] {
  const { settledUpTo, stoppedAt, ownsFrom } = state.memory;
  if (ownsFrom === null || one.at < ownsFrom) return [];
  const isStopped = stoppedAt !== null && one.at <= stoppedAt;
  if (isStopped) return settledUpTo !== null && one.at <= settledUpTo ? [] : [over(one, "stopped")];
  if (air.quieted.some((quiet) => quiet.id === one.id)) return [over(one, "quiet-hours")];
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
  const planned = state.agenda.occurrences.find((one) => one.id === note.id);
  if (state.health.diskRetryAt !== null) return "disk-full";
  const isLacking = planned?.items.some((item) => isMissing(item, state.content)) ?? false;
  if (!isLacking) return null;
  return state.content.lastFailure === "disk-full" ? "disk-full" : "content-missing";
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

function nextSettle(state: AgentState, open: readonly Noted[], now: Instant): Instant | null {
  let next: Instant | null = plus(state.memory.aliveAt ?? now, ALIVE_EVERY_MS);
  for (const note of open) {
    if (note.since !== null) next = later(next, plus(note.since, note.durationMs - note.offsetMs), now);
    if (note.since !== null)
      next = later(next, plus(note.since, note.durationMs - note.offsetMs + LAST_WORD_MS), now);
    next = later(next, plus(note.dueAt, TELL_MISSED_AFTER_MS), now);
  }
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
