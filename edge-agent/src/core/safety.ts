import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { TimeSpan } from "@loa/shared/broadcast/air-rules.ts";
import { type AirLimits, beyondAt, isSaidWhole, type OnAir } from "@loa/shared/broadcast/on-air.ts";
import { LEAST_EMERGENCY_DB, type Plan, type Volume } from "@loa/shared/broadcast/plan.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { HOUR_MS, type Instant, localTime, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { SafetyLimits } from "@loa/shared/trust/roster.ts";
import type { Memory, Noted } from "./memory.ts";
import type { AgentState } from "./state.ts";

/** A start that lies further ahead was written down by a clock that was wrong. */
const AHEAD_MS = MINUTE_MS;

/**
 * The safety envelope of the roster: a key for ordinary items that was stolen can neither wake a province at night, nor
 * speak for hours, nor begin again and again.
 */
export function limitsOf(memory: Memory): AirLimits | null {
  const safety = memory.roster?.contents.safety ?? null;
  if (safety === null) return null;
  return {
    quietHours: outsideOf(safety),
    isTooMuch: (one, now) =>
      one.durationMs > safety.maxDurationMs || isOneTooMany(memory, one, safety.maxStartsPerHour, now),
  };
}

/** The volume of the plan, but no plan makes an emergency inaudible, nor anything else louder than the roster has it. */
export function volumeIn({ plan, roster }: Pick<Memory, "plan" | "roster">): Volume | null {
  if (plan === null) return null;
  const safety = roster?.contents.safety ?? null;
  const least = safety?.minEmergencyGainDb ?? LEAST_EMERGENCY_DB;
  const most = safety?.maxGainDb ?? Number.POSITIVE_INFINITY;
  const { emergencyDb, capDb } = plan.volume;
  if (emergencyDb >= least && capDb <= most) return plan.volume;
  return { ...plan.volume, capDb: Math.min(most, capDb), emergencyDb: Math.max(least, emergencyDb) };
}

/** What no key may ask for: emergencies that nobody hears, and a box that is in no area of its own province. */
export function isUnsafe({ volume, lineage }: Plan, { roster }: Pick<Memory, "roster">): boolean {
  const province = roster?.contents.province;
  return volume.emergencyDb < LEAST_EMERGENCY_DB || (province !== undefined && !lineage.includes(province));
}

/** The hours in which ordinary items may not sound. */
function outsideOf({ from, to }: SafetyLimits): readonly TimeSpan[] {
  const isWholeDay = from === "00:00" && to === "24:00";
  const begin = to === "24:00" ? "00:00" : to;
  return isWholeDay ? [] : [{ from: localTime.parse(`${begin}:00`), to: localTime.parse(`${from}:00`) }];
}

/** By what was begun in the hour before, of whatever plan: a new plan is no new hour. */
function isOneTooMany({ progress }: Memory, one: Occurrence, most: number, now: Instant): boolean {
  const own = progress.get(one.id);
  if (own !== null && own.begunAt !== null) return false;
  const at = one.at > now ? one.at : now;
  const isRecent = ({ begunAt }: Noted) =>
    begunAt !== null && begunAt > at - HOUR_MS && begunAt <= at + AHEAD_MS;
  return progress.all().filter((note) => !isSaidWhole(note) && isRecent(note)).length >= most;
}

/** Why what is due is not heard although nothing of higher rank is; null: nothing holds it back. */
export function whyHeldBack(
  { memory, silence }: AgentState,
  occurrence: Occurrence,
  air: OnAir,
  now: Instant,
): Cause | null {
  if (air.quieted.some(({ id }) => id === occurrence.id))
    return beyondAt(limitsOf(memory), now)(occurrence) ? "safety-limit" : "quiet-hours";
  return silence.until === null ? null : "silenced-locally";
}
