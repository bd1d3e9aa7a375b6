import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { type Instant, plus } from "@loa/shared/kernel/time.ts";
import { refusalOfOrder } from "@loa/shared/trust/authority.ts";
import { emergencyFrom, type LocalOrder, startIdOf } from "@loa/shared/trust/order.ts";
import { isInForce } from "@loa/shared/trust/roster.ts";
import { earliestNow, isConfirmed } from "./box-time.ts";
import { type Effect, put, type RecordChange } from "./effect.ts";
import { withEmergency } from "./emergencies.ts";
import { log } from "./inbox-answer.ts";
import type { KnownEmergency, LocalStanding, Memory } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { signedUnder, standingOf } from "./standing.ts";
import type { AgentState, Readings } from "./state.ts";

/** At or beyond its limit. */
export function isWithin({ edge, limit }: LocalOrder["trigger"], value: number): boolean {
  return edge === "above" ? value >= limit : value <= limit;
}

interface LocalStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

/**
 * The edge of a contact starts what two persons have approved for this box, at once and without any network. A point
 * that cannot be read is no edge. Not again before it was seen released, nor while its last message still speaks: water
 * that plays around a limit is one flood.
 *
 * A STOP ends what sounds when it comes, and not what a contact starts later: the sensor of the next flood is not dumb
 * for a STOP of last spring.
 */
export function startLocalEmergencies(state: AgentState, before: Readings, moment: Moment): LocalStep {
  let next = state;
  const effects: Effect[] = [];
  for (const one of state.memory.local.all) {
    const reading = state.amplifier.actual[one.order.trigger.capability];
    if (reading === undefined || reading === before[one.order.trigger.capability]) continue;
    if (reading.value === null) continue;
    const stepped = afterReading(next, one, reading.value, moment);
    next = stepped.state;
    effects.push(...stepped.effects);
  }
  return { state: next, effects };
}

function afterReading(state: AgentState, one: LocalStanding, value: number, moment: Moment): LocalStep {
  const isIn = isWithin(one.order.trigger, value);
  if (isIn !== one.isArmed) return { state, effects: [] };
  if (!isIn) return written(state, { ...one, isArmed: true }, []);
  const { id } = one.order;
  const refused = whyNot(state, one, moment);
  if (refused !== null) {
    const spent = written(state, { ...one, isArmed: false }, []);
    return {
      ...spent,
      effects: [...spent.effects, log("warn", "local-emergency.refused", { id, reason: refused })],
    };
  }
  const known = knownFrom(state, one, moment);
  const added = withEmergency(state.memory, known);
  if (added === null)
    return { state, effects: [log("warn", "local-emergency.refused", { id, reason: "not-durable" })] };
  const started = { ...one, isArmed: false, starts: one.starts + 1 };
  const stepped = written({ ...state, memory: added.memory }, started, added.changes);
  const said = log("warn", "local-emergency.started", { id: known.emergency.id, value });
  return { ...stepped, effects: [...stepped.effects, said] };
}

/** Like every emergency: written down before it sounds, and not silent where that cannot be done. */
function written(state: AgentState, one: LocalStanding, changes: readonly RecordChange[]): LocalStep {
  const { local } = state.memory;
  const next = { ...local, all: local.all.map((known) => (known.order.id === one.order.id ? one : known)) };
  return {
    state: { ...state, memory: { ...state.memory, local: next } },
    effects: [{ kind: "commit", onFailure: "keep", changes: [...changes, put("meta", "local", next)] }],
  };
}

/** Asked of the roster of this day: who lost a key since has approved nothing. */
function whyNot(state: AgentState, one: LocalStanding, moment: Moment): string | null {
  const { order, starts } = one;
  const standing = standingOf(state, moment);
  if (standing === null) return "not-approved";
  if (isSpeaking(state.memory, startIdOf(order.id, starts))) return "replayed";
  const { roster, from } = standing;
  const isOver = order.to <= (from.now ?? earliestNow(state.time, moment.mono));
  if (isOver || (from.now !== null && !isInForce(order.from, order.to, from.now))) return "expired";
  return refusalOfOrder(roster, signedUnder(roster, one), from);
}

function isSpeaking({ emergencies, progress, stoppedAt }: Memory, id: EmergencyId): boolean {
  const last = emergencies.get(id)?.emergency;
  if (last === undefined || isVoidedByStop(last.at, stoppedAt)) return false;
  return progress.get(occurrenceOf(last).id)?.isOver !== true;
}

function knownFrom(
  { memory, time }: AgentState,
  { order, starts }: LocalStanding,
  { now }: Moment,
): KnownEmergency {
  const { stoppedAt } = memory;
  // A clock that went back must not put it before a STOP that is over.
  const isBehind = !isConfirmed(time.trust) && stoppedAt !== null && now <= stoppedAt;
  const at: Instant = isBehind ? plus(stoppedAt, 1) : now;
  return {
    emergency: { ...emergencyFrom(order, at), id: startIdOf(order.id, starts + 1) },
    knownAt: now,
    lifeMs: order.durationMs,
    isClipSaid: false,
    isClipBad: false,
    approveBy: null,
    isCorrection: false,
  };
}
