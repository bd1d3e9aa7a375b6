import { MAX_EMERGENCY_MS } from "@loa/shared/broadcast/emergency.ts";
import { plus } from "@loa/shared/kernel/time.ts";
import { cancelBody, emergencyBody } from "@loa/shared/wire/bodies.ts";
import type { Envelope } from "@loa/shared/wire/envelope.ts";
import { earliestNow, isConfirmed } from "./box-time.ts";
import { type Effect, put } from "./effect.ts";
import { putEmergency, withRoomFor } from "./emergencies.ts";
import { ack, afterCommand, highestSeen, type InboxStep, log, refuse } from "./inbox-answer.ts";
import type { KnownEmergency } from "./memory.ts";
import type { Moment } from "./moment.ts";
import type { AgentState } from "./state.ts";

/**
 * Written down before it sounds; but a disk that cannot be written to does not make it silent. What is known already is
 * replaced by what was signed later.
 */
export function receiveEmergency(
  state: AgentState,
  contents: Envelope,
  accept: Effect,
  moment: Moment,
): InboxStep {
  const parsed = emergencyBody.safeParse(contents.body);
  if (!parsed.success) return refuse(state, contents, "bad-body", accept);
  const { emergency } = parsed.data;
  const lifeMs = Math.min(MAX_EMERGENCY_MS, emergency.expiresAt - contents.issuedAt);
  const { memory } = state;
  const isClockTrue = isConfirmed(state.time.trust);
  // Without the time a recording of yesterday's alarm looks like today's: only what is newer than all is believed, and
  // what a battery clock takes for today's.
  const isDoubtful = !isClockTrue && !(moment.isTrusted && emergency.expiresAt > moment.now);
  if (isDoubtful && contents.sequence <= highestSeen(memory))
    return refuse(state, contents, "replayed", accept);
  const earliest = isClockTrue ? moment.now : earliestNow(state.time, moment.mono);
  const isExpired = emergency.expiresAt <= earliest || lifeMs <= 0;
  if (isExpired || memory.cancelled.has(emergency.id)) return refuse(state, contents, "expired", accept);
  const before = memory.emergencies.get(emergency.id);
  const room = withRoomFor(memory, emergency);
  if (room === null) return refuse(state, contents, "not-durable", accept);
  const known: KnownEmergency = {
    emergency,
    knownAt: moment.now,
    lifeMs,
    isClipSaid: before?.emergency.notice?.sha256 === emergency.notice?.sha256 && before?.isClipSaid === true,
    isClipBad: false,
  };
  const seen = afterCommand(memory, contents);
  const emergencies = new Map(room.emergencies).set(emergency.id, known);
  return {
    state: { ...state, memory: { ...seen.memory, emergencies } },
    effects: [
      { kind: "commit", onFailure: "keep", changes: [...room.changes, putEmergency(known), ...seen.changes] },
      accept,
      ack(state, contents, null),
      log("info", "emergency.received", { id: emergency.id, severity: emergency.severity }),
    ],
  };
}

/** Its sound ends with this step. One that was not heard of yet is known as cancelled when it comes. */
export function receiveCancel(
  state: AgentState,
  contents: Envelope,
  accept: Effect,
  { now }: Moment,
): InboxStep {
  const parsed = cancelBody.safeParse(contents.body);
  if (!parsed.success) return refuse(state, contents, "bad-body", accept);
  const { emergency: id } = parsed.data;
  const until = plus(now, MAX_EMERGENCY_MS);
  const seen = afterCommand(state.memory, contents);
  const emergencies = new Map(state.memory.emergencies);
  emergencies.delete(id);
  const cancelled = new Map(state.memory.cancelled).set(id, until);
  return {
    state: { ...state, memory: { ...seen.memory, emergencies, cancelled } },
    effects: [
      {
        kind: "commit",
        onFailure: "keep",
        changes: [put("emergency", id, { cancelled: id, until }), ...seen.changes],
      },
      accept,
      ack(state, contents, null),
      log("info", "emergency.cancelled", { id }),
    ],
  };
}
