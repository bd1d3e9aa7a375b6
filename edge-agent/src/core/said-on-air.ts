import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { isSaidWhole, onAir } from "@loa/shared/broadcast/on-air.ts";
import { itemAt } from "@loa/shared/broadcast/position.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { airInputs } from "./air.ts";
import { isHeard } from "./heard.ts";
import type { AgentState } from "./state.ts";

/** The mixer says that a sound has ended, or the next one begun, within so long of where the clock puts it. */
const WORD_WITHIN_MS = SECOND_MS;

/** What the box says is on air: what is heard, and an emergency also while it is silent between its rounds. */
export function saidOnAir(state: AgentState, now: Instant): OccurrenceId | null {
  return state.playout.sounding.find(isHeard)?.occurrenceId ?? emergencyBetweenSounds(state, now);
}

/** Only one that was heard: silence alone is no alarm. */
function emergencyBetweenSounds(state: AgentState, now: Instant): OccurrenceId | null {
  const { memory, playout } = state;
  if (memory.emergencies.size === 0 || playout.isSinkBroken) return null;
  const { holder } = onAir(airInputs(state), now);
  if (holder === null || !isSaidWhole(holder.occurrence)) return null;
  const { occurrence, positionMs } = holder;
  if ((memory.progress.get(occurrence.id)?.playedMs ?? 0) === 0) return null;
  const isSilence = isPauseAt(occurrence, positionMs) || isPauseAt(occurrence, positionMs + WORD_WITHIN_MS);
  return isSilence || isAboutToBeHeard(state, occurrence, now) ? occurrence.id : null;
}

function isPauseAt(occurrence: Occurrence, positionMs: number): boolean {
  return occurrence.items[itemAt(occurrence, positionMs)]?.kind === "pause";
}

/** Its next sound is with the mixer, and not overdue. */
function isAboutToBeHeard({ playout }: AgentState, { id }: Occurrence, now: Instant): boolean {
  return playout.sounding.some(
    (one) =>
      one.occurrenceId === id &&
      one.startedAt === null &&
      !one.isStopping &&
      now - one.startAt < WORD_WITHIN_MS,
  );
}
