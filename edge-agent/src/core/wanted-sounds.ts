import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { type AirItem, endOfItem } from "@loa/shared/broadcast/air-item.ts";
import { givenUpAt, isDue, type OnAir, onAir } from "@loa/shared/broadcast/on-air.ts";
import { type Place, reaches } from "@loa/shared/broadcast/position.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { airInputs } from "./air.ts";
import { canSound } from "./air-source.ts";
import { sooner } from "./moment.ts";
import type { AgentState } from "./state.ts";

/** Sound is handed to the mixer this long before its first sample, so that the decoder is ready. */
export const PREPARE_MS = 2_500;
/** A stream has to be found, opened and buffered first. */
const PREPARE_RELAY_MS = 10 * SECOND_MS;
/** A start that is late by no more than this is played whole instead of joined. */
const JOIN_WHOLE_WITHIN_MS = 2 * SECOND_MS;
/** A clip that ends as planned needs no cut: it gets the length of a fade more. */
const CUT_SLACK_MS = 100;
const ON_TIME_MS = 20;

/** One sound that should be in the mixer. */
export interface WantedSound {
  readonly occurrence: Occurrence;
  readonly itemIndex: number;
  readonly item: AirItem;
  readonly startAt: Instant;
  readonly endsAt: Instant;
  /** Nothing of it sounds from here on; null: it ends by itself. */
  readonly cutAt: Instant | null;
  readonly offsetMs: number;
}

export interface Wanted {
  readonly sounds: readonly WantedSound[];
  /** When the next one is due to be prepared. */
  readonly lookAgainAt: Instant | null;
}

/** What should be in the mixer: the holder's items and those of whoever takes over within the next moments. */
export function wantedSounds(state: AgentState, air: OnAir, now: Instant): Wanted {
  const sounds: WantedSound[] = [];
  let lookAgainAt: Instant | null = null;
  const add = (one: Wanted) => {
    sounds.push(...one.sounds);
    lookAgainAt = sooner(lookAgainAt, one.lookAgainAt);
  };
  if (air.holder !== null) add(itemsFrom(air.holder.occurrence, placeOf(state, air.holder, now), now));
  for (const one of upcoming(state, now)) add(itemsFrom(one, { positionMs: 0, at: one.at }, now));
  for (const one of state.agenda.occurrences) {
    const at = plus(one.at, -leadOf(one.items[0]));
    if (at > now) lookAgainAt = sooner(lookAgainAt, at);
  }
  return { sounds, lookAgainAt };
}

function leadOf(item: AirItem | undefined): number {
  return item?.kind === "relay" ? PREPARE_RELAY_MS : PREPARE_MS;
}

/** Occurrences that are about to begin and will hold the loudspeaker then. */
function upcoming(state: AgentState, now: Instant): readonly Occurrence[] {
  const inputs = airInputs(state);
  const soon = state.agenda.occurrences.filter(
    (one) => one.at > now && one.at <= now + leadOf(one.items[0]) && !isDue(one, inputs, now),
  );
  return soon.filter((one) => onAir(inputs, one.at).holder?.occurrence.id === one.id);
}

/** Whether something of the agenda that can sound begins within `leadMs`: it has a source and is not refused for the hour. */
export function upcomingWithin(state: AgentState, now: Instant, leadMs: number): boolean {
  const inputs = airInputs(state);
  const { stoppedAt } = state.memory;
  return state.agenda.occurrences.some(
    (one) =>
      one.at > now &&
      one.at <= now + leadMs &&
      !isVoidedByStop(one.at, stoppedAt) &&
      one.items.some((item) => canSound(item, state.content)) &&
      !onAir(inputs, one.at).quieted.includes(one),
  );
}

/** Where the programme goes on: a start that is only a little late is not cut. */
export function placeOf(state: AgentState, holder: NonNullable<OnAir["holder"]>, now: Instant): Place {
  const note = state.memory.progress.get(holder.occurrence.id);
  if (note === null && holder.positionMs <= JOIN_WHOLE_WITHIN_MS) return { positionMs: 0, at: now };
  const isAhead = note?.since != null && note.since > now;
  return { positionMs: holder.positionMs, at: isAhead ? note.since : now };
}

function itemsFrom(occurrence: Occurrence, place: Place, now: Instant): Wanted {
  const sounds: WantedSound[] = [];
  let lookAgainAt: Instant | null = null;
  let begin = 0;
  for (const [itemIndex, item] of occurrence.items.entries()) {
    const end = begin + item.durationMs;
    const startAt = reaches(occurrence, place, begin);
    if (startAt > now + PREPARE_RELAY_MS) {
      lookAgainAt = sooner(lookAgainAt, plus(startAt, -PREPARE_RELAY_MS));
      break;
    }
    const endsAt = reaches(occurrence, place, end);
    if (end > place.positionMs && endsAt > startAt && item.kind !== "pause") {
      const offsetMs = Math.max(0, place.positionMs - begin);
      const isNear = startAt <= now + leadOf(item);
      const cutAt = cutOf(occurrence, itemIndex, startAt, offsetMs);
      if (isNear) sounds.push({ occurrence, itemIndex, item, startAt, endsAt, cutAt, offsetMs });
      else lookAgainAt = sooner(lookAgainAt, plus(startAt, -leadOf(item)));
    }
    begin = end;
  }
  return { sounds, lookAgainAt };
}

/** The next hard end is the last instant of everything before it; an emergency ends with its life, a relay with its turn. */
function cutOf(
  occurrence: Occurrence,
  itemIndex: number,
  startAt: Instant,
  offsetMs: number,
): Instant | null {
  const { items, voidAt } = occurrence;
  const item = items[itemIndex];
  let end = 0;
  for (const [index, one] of items.entries()) {
    end += one.durationMs;
    if (index < itemIndex || endOfItem(one) !== "hard") continue;
    const hardAt = plus(occurrence.at, end);
    const isOnTime = startAt + one.durationMs - offsetMs <= hardAt + ON_TIME_MS;
    const isItsOwn = index === itemIndex && one.kind === "clip" && isOnTime;
    return sooner(voidAt, isItsOwn ? plus(hardAt, CUT_SLACK_MS) : hardAt);
  }
  return item?.kind === "relay" ? givenUpAt(occurrence) : voidAt;
}
