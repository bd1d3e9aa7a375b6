import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { endOfItem } from "@loa/shared/broadcast/air-item.ts";
import { isSaidWhole, minRestOf } from "@loa/shared/broadcast/on-air.ts";
import { beginOfItem } from "@loa/shared/broadcast/position.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { itemKey } from "./air.ts";
import { emergencyGainOf, ordinaryGainOf, sourceOf } from "./air-source.ts";
import type { AirSource, Effect, PlayEffect, RecordChange } from "./effect.ts";
import { placeOf } from "./heard.ts";
import { type Noted, putProgress } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { withNotes } from "./note-down.ts";
import { newNote } from "./noted.ts";
import { FADE_MS } from "./quieten.ts";
import type { AgentState, Sounding } from "./state.ts";
import { emergencyRestDb } from "./volume.ts";
import type { WantedSound } from "./wanted-sounds.ts";

/** A relay, joined in the middle of whatever it says. */
const LIVE_FADE_MS = 200;
const FILLER_FADE_MS = 500;
/** What waits this near to where its programme goes on is in its place. */
const SAME_PLACE_MS = SECOND_MS;

export interface Started {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly changes: readonly RecordChange[];
  /** Something begins that must not begin without its note on the disk. */
  readonly isBoundToNote: boolean;
}

const NOTHING_STARTED = { effects: [], changes: [], isBoundToNote: false } as const;

/** Hands the mixer what it has not got; what waits there at its place goes on instead. */
export function startWanted(state: AgentState, wanted: readonly WantedSound[], { now }: Moment): Started {
  if (wanted.length === 0) return { state, ...NOTHING_STARTED };
  const begun = new Beginning(state);
  let isUrgent = false;
  let isFresh = false;
  for (const one of wanted) {
    const known = begun.sounding.find((sound) => isOf(sound, one));
    if (known !== undefined && !known.isPaused) continue;
    if (known !== undefined && begun.resume(known, one, now)) continue;
    // The mixer's end of a clip and our clock's may lie some ms apart: its last crumbs are not played again.
    const isRest = one.offsetMs > 0 && one.item.kind !== "relay";
    if (isRest && one.endsAt - Math.max(now, one.startAt) < minRestOf(one.occurrence.durationMs)) continue;
    if (!begun.play(one)) continue;
    isFresh = true;
    isUrgent ||= isSaidWhole(one.occurrence);
  }
  // An emergency waits for no disk, and what only goes on needs none.
  return { ...begun.done(), isBoundToNote: isFresh && !isUrgent };
}

/** What stands in for an item that fails, at most one sound. It moves its programme's place no more than silence would. */
export function startFiller(state: AgentState, filler: readonly WantedSound[], { now }: Moment): Started {
  if (filler.length === 0) return { state, ...NOTHING_STARTED };
  const begun = new Beginning(state);
  for (const one of filler) {
    const isThere = begun.sounding.some(
      (sound) => sound.role === "filler" && sound.occurrenceId === one.occurrence.id && !sound.isStopping,
    );
    if (!isThere) begun.fill(one, now);
  }
  return { ...begun.done(), isBoundToNote: false };
}

/** It waits in the mixer at its place. */
export function isWaitingIn(sounding: readonly Sounding[], one: WantedSound): boolean {
  return sounding.some((known) => isOf(known, one) && known.isPaused);
}

/** Its programme is in the mixer already, so its note is on the disk. */
export function isRunning(sounding: readonly Sounding[], { occurrence }: WantedSound): boolean {
  return sounding.some(
    (known) =>
      known.role === "item" && known.occurrenceId === occurrence.id && !known.isStopping && !known.isPaused,
  );
}

function isOf(sound: Sounding, { occurrence, itemIndex }: WantedSound): boolean {
  const isSame = sound.occurrenceId === occurrence.id && sound.itemIndex === itemIndex;
  return isSame && sound.role === "item" && !sound.isStopping;
}

/** Collects what one step begins: notes, sounds, and what the mixer is asked for. */
class Beginning {
  sounding: readonly Sounding[];
  readonly #state: AgentState;
  readonly #effects: Effect[] = [];
  readonly #notes = new Map<string, Noted>();
  #counter: number;

  constructor(state: AgentState) {
    this.#state = state;
    this.sounding = state.playout.sounding;
    this.#counter = state.playout.counter;
  }

  /** False when its place is not where the programme goes on: then it is given up. */
  resume(known: Sounding, one: WantedSound, now: Instant): boolean {
    const placeMs = placeOf(known, now);
    const isInPlace = known.isLive || Math.abs(placeMs - one.offsetMs) <= SAME_PLACE_MS;
    if (!isInPlace) {
      this.#effects.push({ kind: "stop-sound", soundId: known.soundId, fadeMs: 0 });
      this.#replace(known, { ...known, isPaused: false, isStopping: true, endsAt: now });
      return false;
    }
    this.#noteStart(one, known.isLive ? one.offsetMs : placeMs, now);
    this.#effects.push({ kind: "resume-sound", soundId: known.soundId, fadeMs: FADE_MS });
    const { endsAt } = one;
    this.#replace(known, { ...known, isPaused: false, resumeAskedAt: now, startAt: now, endsAt });
    return true;
  }

  play(one: WantedSound): boolean {
    const { occurrence, itemIndex, item, startAt, endsAt, cutAt, offsetMs } = one;
    const source = sourceOf(item, this.#state.memory.plan);
    if (source === null) return false;
    if (!isRunning(this.sounding, one)) this.#noteStart(one, offsetMs, startAt);
    const isLive = source.kind === "relay";
    const skippedMs = isLive ? 0 : offsetMs;
    const after = this.#before(one)?.soundId ?? null;
    const soundId = this.#nextId(itemKey(occurrence.id, itemIndex));
    const isUrgent = isSaidWhole(occurrence);
    const times = { offsetMs: skippedMs, startAt, endsAt, cutAt, after };
    this.#add(one, { soundId, role: "item", isUrgent, isLive, ...times });
    const { rung } = occurrence;
    const gainDb = this.#gainOf(source, occurrence);
    const fadeInMs = isLive ? LIVE_FADE_MS : offsetMs > 0 ? FADE_MS : 0;
    const zones = this.#zonesOf(isUrgent);
    const how = { offsetMs: skippedMs, gainDb, fadeInMs, zones };
    this.#ask({ soundId, source, rung, startAt, after, endAt: cutAt, ...how });
    return true;
  }

  fill(one: WantedSound, now: Instant): void {
    const { occurrence, itemIndex, item, startAt, endsAt } = one;
    const source = sourceOf(item, this.#state.memory.plan);
    if (source === null) return;
    const note = this.#state.memory.progress.get(occurrence.id);
    // Without a note it would be unknown after a power cut that the programme had begun.
    if (note === null)
      this.#notes.set(occurrence.id, { ...newNote(occurrence), since: occurrence.at, begunAt: now });
    else if (note.since === null)
      this.#notes.set(occurrence.id, { ...note, since: now, begunAt: note.begunAt ?? now });
    const soundId = this.#nextId(`${itemKey(occurrence.id, itemIndex)}#filler`);
    const isUrgent = isSaidWhole(occurrence);
    const how = { isUrgent, isLive: false, offsetMs: 0, startAt, endsAt, cutAt: endsAt, after: null };
    this.#add(one, { soundId, role: "filler", ...how });
    const gainDb = this.#gainOf(source, occurrence);
    const { rung } = occurrence;
    const times = { startAt, after: null, endAt: endsAt, offsetMs: 0 };
    const zones = this.#zonesOf(isUrgent);
    this.#ask({ soundId, source, rung, ...times, gainDb, fadeInMs: FILLER_FADE_MS, zones });
  }

  done(): Omit<Started, "isBoundToNote"> {
    if (this.#effects.length === 0) return { state: this.#state, effects: [], changes: [] };
    const notes = [...this.#notes.values()];
    const playout = { ...this.#state.playout, sounding: this.sounding, counter: this.#counter };
    return {
      state: withNotes({ ...this.#state, playout }, notes),
      effects: this.#effects,
      changes: notes.map(putProgress),
    };
  }

  /** The note that goes to the disk before the sound goes to the air. */
  #noteStart({ occurrence, itemIndex }: WantedSound, inItemMs: number, since: Instant): void {
    const note =
      this.#notes.get(occurrence.id) ?? this.#state.memory.progress.get(occurrence.id) ?? newNote(occurrence);
    const offsetMs = Math.round(beginOfItem(occurrence, itemIndex) + inItemMs);
    this.#notes.set(occurrence.id, { ...note, offsetMs, since, begunAt: note.begunAt ?? since });
  }

  /** What it follows without a gap: the item before it, if that ends by itself. */
  #before({ occurrence, itemIndex, offsetMs }: WantedSound): Sounding | null {
    const item = occurrence.items[itemIndex - 1];
    if (item === undefined || offsetMs > 0 || endOfItem(item) === "hard") return null;
    const before = this.sounding.find(
      (one) => one.occurrenceId === occurrence.id && one.itemIndex === itemIndex - 1 && one.role === "item",
    );
    const isThere = before !== undefined && !before.isStopping && !before.isPaused && !before.isLive;
    return isThere ? before : null;
  }

  #gainOf(source: AirSource, occurrence: Occurrence): number {
    if (!isSaidWhole(occurrence)) return ordinaryGainOf(source, this.#state);
    return emergencyGainOf(source, occurrence.id, this.#state) + emergencyRestDb(this.#state);
  }

  /** An emergency goes to all that the card has: no number in a plan may keep it from a loudspeaker. */
  #zonesOf(isUrgent: boolean): PlayEffect["zones"] {
    return isUrgent ? null : (this.#state.memory.plan?.zones ?? null);
  }

  #nextId(name: string): string {
    this.#counter += 1;
    return `${name}#${this.#counter}`;
  }

  #ask(play: Omit<PlayEffect, "kind">): void {
    this.#effects.push({ kind: "play", ...play });
  }

  #add({ occurrence, itemIndex }: WantedSound, made: MadeSound): void {
    this.sounding = [...this.sounding, { ...made, occurrenceId: occurrence.id, itemIndex, ...NOT_HEARD }];
  }

  #replace(known: Sounding, next: Sounding): void {
    this.sounding = this.sounding.map((one) => (one === known ? next : one));
  }
}

type MadeSound = Pick<
  Sounding,
  "soundId" | "role" | "isUrgent" | "isLive" | "offsetMs" | "startAt" | "endsAt" | "cutAt" | "after"
>;

const NOT_HEARD = {
  startedAt: null,
  heldMs: 0,
  isStopping: false,
  isPaused: false,
  resumeAskedAt: null,
  heardFrom: null,
  heardMs: 0,
  silentMs: 0,
  lostSince: null,
  receivedBytes: 0,
  toldBytes: 0,
} as const;
