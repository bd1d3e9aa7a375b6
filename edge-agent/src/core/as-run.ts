import { isSaidWhole } from "@loa/shared/broadcast/on-air.ts";
import { beginOfItem } from "@loa/shared/broadcast/position.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { AsRun } from "@loa/shared/wire/bodies.ts";
import { occurrenceIn } from "./air.ts";
import { clockErrorAt } from "./box-time.ts";
import type { Moment } from "./moment.ts";
import type { AgentState, Sounding } from "./state.ts";

/** Neighbours whose clocks are further apart than this do not sound together; nor does what began later than this. */
const IN_STEP_MS = 50;

/** One stretch that left the mixer: since when, up to when, and whether the clock could put it in step with others. */
export function asRunOf(
  state: AgentState,
  sound: Sounding,
  { at, rmsDb }: { readonly at: Instant; readonly rmsDb: number | null },
  { mono }: Moment,
): AsRun {
  const occurrence = occurrenceIn(state, sound.occurrenceId);
  const startedAt = sound.heardFrom ?? at;
  const inItemMs = sound.offsetMs + sound.heardMs;
  const offsetMs = Math.round(
    (occurrence === null ? 0 : beginOfItem(occurrence, sound.itemIndex)) + inItemMs,
  );
  const clockErrorMs = clockErrorAt(state.time, mono);
  const isPlanned = occurrence !== null && !isSaidWhole(occurrence) && sound.role === "item";
  const isExact = clockErrorMs !== null && clockErrorMs <= IN_STEP_MS;
  return {
    kind: "as-run",
    occurrenceId: sound.occurrenceId,
    startedAt,
    endedAt: at,
    offsetMs,
    rmsDb,
    isFiller: sound.role === "filler",
    clock: state.time.trust,
    clockErrorMs,
    inStep: isPlanned && isExact && Math.abs(startedAt - offsetMs - occurrence.at) <= IN_STEP_MS,
    receivedBytes: sound.receivedBytes - sound.toldBytes,
  };
}
