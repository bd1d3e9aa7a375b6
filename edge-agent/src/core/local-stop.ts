import { MAX_EMERGENCY_MS } from "@loa/shared/broadcast/emergency.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import { type Instant, plus } from "@loa/shared/kernel/time.ts";
import { CLOCK_TOLERANCE_MS } from "@loa/shared/wire/envelope.ts";
import { isConfirmed } from "./box-time.ts";
import type { RecordChange } from "./effect.ts";
import { withoutEmergency } from "./emergencies.ts";
import type { KnownEmergency, Memory } from "./memory.ts";
import type { AgentState } from "./state.ts";

/**
 * What a contact has started bears the time of the box, which may have been ahead by an hour or by years: such a one
 * would go on over a STOP of the true time. What sounds when the STOP comes is ended by it all the same; by a clock that
 * has been put right since, only what was started before it.
 */
export function withoutLocalStarts(
  { memory, time }: AgentState,
  stoppedAt: Instant,
  now: Instant,
): { memory: Memory; changes: readonly RecordChange[] } {
  const isBefore = ({ emergency, knownAt }: KnownEmergency) =>
    !isVoidedByStop(emergency.at, stoppedAt) &&
    (!isConfirmed(time.trust) || knownAt <= plus(stoppedAt, CLOCK_TOLERANCE_MS));
  let left = memory;
  const changes: RecordChange[] = [];
  for (const known of memory.emergencies.values()) {
    if (!isOfContact(memory, known) || !isBefore(known)) continue;
    const ended = withoutEmergency(left, known.emergency.id, plus(now, MAX_EMERGENCY_MS));
    left = ended.memory;
    changes.push(...ended.changes);
  }
  return { memory: left, changes };
}

/** All else that is said under a roster was approved with an end, or corrects what was. */
function isOfContact({ roster }: Memory, { approveBy, isCorrection }: KnownEmergency): boolean {
  return roster !== null && approveBy === null && !isCorrection;
}
