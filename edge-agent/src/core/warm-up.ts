import type { OnAir } from "@loa/shared/broadcast/on-air.ts";
import { reaches } from "@loa/shared/broadcast/position.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { canSound } from "./air-source.ts";
import { type Moment, sooner } from "./moment.ts";
import type { AgentState } from "./state.ts";
import { placeOf, upcomingWithin } from "./wanted-sounds.ts";

/** Time for the writes and their read-back before the warm-up proper. */
const WRITES_MS = 5 * SECOND_MS;

export interface WarmUp {
  readonly isWanted: boolean;
  readonly isUnderSound: boolean;
  /** Something sounds, or is about to. */
  readonly isNear: boolean;
  /** On until then, if nothing else comes; null when nothing sounds and nothing is held. */
  readonly until: Instant | null;
  readonly lookAgainAt: Instant | null;
}

/** Nothing sounds, nothing is due, nothing is held. */
export const NOT_WANTED: WarmUp = {
  isWanted: false,
  isUnderSound: false,
  isNear: false,
  until: null,
  lookAgainAt: null,
};

/** On before the first sample, as long as something sounds, and for a while after. */
export function amplifierIsWanted(state: AgentState, air: OnAir, { now }: Moment): WarmUp {
  const { warmUpMs, holdMs } = state.setup.amplifier;
  const leadMs = warmUpMs + WRITES_MS;
  const next = air.holder === null ? null : nextSound(state, air.holder, now);
  const isSounding =
    state.playout.sounding.some((one) => !one.isPaused) || (next !== null && next <= now + leadMs);
  const isSoon = upcomingWithin(state, now, leadMs);
  const { isUnderSound, wantedOnUntil } = state.amplifier;
  const until = isSounding || isUnderSound ? plus(now, holdMs) : wantedOnUntil;
  const isHeld = until !== null && now < until;
  const isWanted = isSounding || isSoon || isHeld;
  let lookAgainAt: Instant | null = isHeld && !isSounding ? until : null;
  for (const one of state.agenda.occurrences) {
    const at = plus(one.at, -leadMs);
    if (at > now) lookAgainAt = sooner(lookAgainAt, at);
  }
  if (next !== null && next - leadMs > now) lookAgainAt = sooner(lookAgainAt, plus(next, -leadMs));
  const isNear = isSounding || isSoon;
  return {
    isWanted,
    isUnderSound: isSounding,
    isNear,
    until: isHeld || isSounding ? until : null,
    lookAgainAt,
  };
}

/** When the holder is next heard: an emergency may be silent between two rounds, and some clips may be missing. */
function nextSound(state: AgentState, holder: NonNullable<OnAir["holder"]>, now: Instant): Instant | null {
  const { occurrence } = holder;
  const place = placeOf(state, holder, now);
  let begin = 0;
  for (const item of occurrence.items) {
    const end = begin + item.durationMs;
    if (end > place.positionMs && canSound(item, state.content)) return reaches(occurrence, place, begin);
    begin = end;
  }
  return null;
}
