import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { OnAir } from "@loa/shared/broadcast/on-air.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { canSound } from "./air-source.ts";
import { type Moment, sooner } from "./moment.ts";
import type { AgentState } from "./state.ts";
import { upcomingWithin } from "./wanted-sounds.ts";

/** Time for the writes and their read-back before the warm-up proper. */
const WRITES_MS = 5 * SECOND_MS;

export interface WarmUp {
  readonly isWanted: boolean;
  /** On until then, if nothing else comes; null when nothing sounds and nothing is held. */
  readonly until: Instant | null;
  readonly lookAgainAt: Instant | null;
}

/** On before the first sample, as long as something sounds, and for a while after. */
export function amplifierIsWanted(state: AgentState, air: OnAir, { now }: Moment): WarmUp {
  const { warmUpMs, holdMs } = state.setup.amplifier;
  const leadMs = warmUpMs + WRITES_MS;
  // Whoever holds the air without a clip on the disk makes no sound.
  const isSounding =
    state.playout.sounding.length > 0 || (air.holder !== null && hasClips(state, air.holder.occurrence));
  const isSoon = upcomingWithin(state, now, leadMs);
  const until = isSounding ? plus(now, holdMs) : state.amplifier.wantedOnUntil;
  const isHeld = until !== null && now < until;
  const isWanted = isSounding || isSoon || isHeld;
  let lookAgainAt: Instant | null = isHeld && !isSounding ? until : null;
  for (const one of state.agenda.occurrences) {
    const at = plus(one.at, -leadMs);
    if (at > now) lookAgainAt = sooner(lookAgainAt, at);
  }
  return { isWanted, until: isHeld || isSounding ? until : null, lookAgainAt };
}

function hasClips({ content }: AgentState, { items }: Occurrence): boolean {
  return items.some((item) => canSound(item, content));
}
