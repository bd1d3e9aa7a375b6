import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { earliestNow, isConfirmed } from "./box-time.ts";
import type { KnownEmergency } from "./memory.ts";
import type { Moment } from "./moment.ts";
import type { AgentState } from "./state.ts";

/** Who comes to the window at the first words hears the second. */
const TIMES = 2;
const GAP_MS = 3 * SECOND_MS;
/** A correction that could not be said until then says nothing new any more. */
const LIFE_MS = 10 * MINUTE_MS;

/**
 * What was approved together with an emergency, to be said where that was wrong: words without a siren, on the rung of
 * the emergency. Null: there is none, it was said already, or this box has never heard of the emergency.
 */
export function correctionOf(
  { memory, time }: AgentState,
  id: EmergencyId,
  correctedAt: Instant,
  { now, mono }: Moment,
): KnownEmergency | null {
  const wrong = memory.emergencies.get(id)?.emergency;
  if (wrong?.correction === undefined) return null;
  const { id: ownId, notice } = wrong.correction;
  if (memory.emergencies.has(ownId) || memory.cancelled.has(ownId)) return null;
  const isClockTrue = isConfirmed(time.trust);
  const at = isClockTrue && correctedAt > now ? now : correctedAt;
  const expiresAt = plus(at, LIFE_MS);
  if (expiresAt <= (isClockTrue ? now : earliestNow(time, mono))) return null;
  const { severity, headline } = wrong;
  return {
    emergency: {
      ...{ id: ownId, severity, headline, at, expiresAt },
      ...{ sirenMs: 0, notice, times: TIMES, gapMs: GAP_MS },
    },
    knownAt: now,
    lifeMs: LIFE_MS,
    isClipSaid: false,
    isClipBad: false,
    approveBy: null,
    isCorrection: true,
  };
}
