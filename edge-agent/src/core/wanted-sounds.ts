import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { AirItem } from "@loa/shared/broadcast/air-item.ts";
import { isDue, type OnAir, onAir } from "@loa/shared/broadcast/on-air.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { airInputs } from "./air.ts";
import { canSound } from "./air-source.ts";
import type { AgentState } from "./state.ts";

/** Sound is handed to the mixer this long before its first sample, so that the decoder is ready. */
export const PREPARE_MS = 2_500;
/** A start that is late by no more than this is played whole instead of joined. */
export const JOIN_WHOLE_WITHIN_MS = 2 * SECOND_MS;

/** One clip that should sound now or very soon. */
export interface WantedSound {
  readonly occurrence: Occurrence;
  readonly itemIndex: number;
  readonly item: AirItem;
  readonly startAt: Instant;
  readonly endsAt: Instant;
  readonly offsetMs: number;
}

/** What should be in the mixer: the holder's items and those of whoever takes over within the next moments. */
export function wantedSounds(state: AgentState, air: OnAir, now: Instant): readonly WantedSound[] {
  const wanted: WantedSound[] = [];
  if (air.holder !== null) {
    const { occurrence } = air.holder;
    wanted.push(...itemsFrom(occurrence, startPosition(state, occurrence, air.holder.positionMs), now, now));
  }
  for (const one of upcoming(state, now)) wanted.push(...itemsFrom(one, 0, one.at, now));
  return wanted;
}

/** Occurrences that begin within `PREPARE_MS` and will hold the loudspeaker then. */
export function upcoming(state: AgentState, now: Instant): readonly Occurrence[] {
  const inputs = airInputs(state);
  const soon = state.agenda.occurrences.filter(
    (one) => one.at > now && one.at <= now + PREPARE_MS && !isDue(one, inputs, now),
  );
  return soon.filter((one) => onAir(inputs, one.at).holder?.occurrence.id === one.id);
}

/** Whether something of the agenda that can sound begins within `leadMs`: it has a clip and is not refused for the hour. */
export function upcomingWithin(state: AgentState, now: Instant, leadMs: number): boolean {
  const inputs = airInputs(state);
  const { stoppedAt } = state.memory;
  return state.agenda.occurrences.some(
    (one) =>
      one.at > now &&
      one.at <= now + leadMs &&
      !(stoppedAt !== null && one.at <= stoppedAt) &&
      one.items.some((item) => canSound(item, state.content)) &&
      !onAir(inputs, one.at).quieted.includes(one),
  );
}

/** Where the programme goes on: a start that is only a little late is not cut. */
function startPosition(state: AgentState, occurrence: Occurrence, positionMs: number): number {
  const isNew = state.memory.progress.get(occurrence.id) === null;
  return isNew && positionMs <= JOIN_WHOLE_WITHIN_MS ? 0 : positionMs;
}

function itemsFrom(
  occurrence: Occurrence,
  positionMs: number,
  at: Instant,
  now: Instant,
): readonly WantedSound[] {
  const wanted: WantedSound[] = [];
  let begin = -positionMs;
  for (const [itemIndex, item] of occurrence.items.entries()) {
    const end = begin + item.durationMs;
    const startAt = plus(at, Math.max(0, begin));
    if (end > 0 && startAt <= now + PREPARE_MS) {
      const offsetMs = Math.max(0, -begin);
      wanted.push({ occurrence, itemIndex, item, startAt, endsAt: plus(at, end), offsetMs });
    }
    begin = end;
  }
  return wanted;
}
