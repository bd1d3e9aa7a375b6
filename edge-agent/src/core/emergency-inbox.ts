import { type Emergency, MAX_EMERGENCY_MS } from "@loa/shared/broadcast/emergency.ts";
import { type Instant, plus } from "@loa/shared/kernel/time.ts";
import { alertOf } from "@loa/shared/trust/alert-order.ts";
import type { EmergencyOrder } from "@loa/shared/trust/order.ts";
import { cancelBody, emergencyBody } from "@loa/shared/wire/bodies.ts";
import { CLOCK_TOLERANCE_MS, type Envelope, type Refusal } from "@loa/shared/wire/envelope.ts";
import { emergencyOrderIn, MAX_APPROVAL_MS, refusalOfPlaceAndTime } from "./approved.ts";
import { earliestNow, isConfirmed } from "./box-time.ts";
import { correctionOf } from "./correction.ts";
import type { Effect } from "./effect.ts";
import { isRoomToCancel, withEmergency, withoutEmergency } from "./emergencies.ts";
import type { OpenedOrder } from "./event.ts";
import { ack, afterCommand, highestSeen, type InboxStep, log, refuse } from "./inbox-answer.ts";
import type { KnownEmergency } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { refusalOfAlert } from "./standing-approvals.ts";
import type { AgentState } from "./state.ts";

export interface Raised {
  readonly contents: Envelope;
  readonly orders: readonly OpenedOrder[];
  readonly accept: Effect;
}

/**
 * Written down before it sounds; but a disk that cannot be written to does not make it silent. What is known already is
 * replaced by what was signed later.
 */
export function receiveEmergency(
  state: AgentState,
  { contents, orders, accept }: Raised,
  moment: Moment,
): InboxStep {
  const parsed = emergencyBody.safeParse(contents.body);
  if (!parsed.success) return refuse(state, contents, "bad-body", accept);
  const { emergency } = parsed.data;
  const order = emergencyOrderIn(orders);
  const refused =
    refusalWithoutClock(state, contents, emergency, moment) ??
    (order === null ? null : refusalOfPlaceAndTime(state, order, emergency, moment.now)) ??
    refusalOfLife(state, contents, emergency, moment) ??
    refusalOfAlert(state, orders, emergency.id);
  if (refused !== null) return refuse(state, contents, refused, accept);
  const until = endOfMemory(state, contents, moment.now);
  const replaced = withoutReplaced(state, emergency, until);
  const approveBy = order === null ? null : plus(lastUseOf(order), CLOCK_TOLERANCE_MS);
  const known = knownFrom(state, contents, emergency, approveBy, moment);
  const added = withEmergency(replaced.memory, known);
  if (added === null) return refuse(state, contents, "not-durable", accept);
  const seen = afterCommand(added.memory, contents);
  const changes = [...replaced.changes, ...added.changes, ...seen.changes];
  return {
    state: { ...state, memory: seen.memory },
    effects: [
      { kind: "commit", onFailure: "keep", changes },
      accept,
      ack(state, contents, null),
      ...(isConfirmed(state.time.trust)
        ? []
        : [log("warn", "emergency.without-clock", { id: emergency.id })]),
      log("info", "emergency.received", { id: emergency.id, severity: emergency.severity }),
    ],
  };
}

/** Until then it may come, an alert also as a part that another approval lets out for longer. */
function lastUseOf({ id, approveBy, draftedAt }: EmergencyOrder): Instant {
  return alertOf(id) === null ? approveBy : plus(draftedAt, MAX_APPROVAL_MS);
}

/** What it takes the place of; of an alert, under whichever of its names that is known here. */
function withoutReplaced(
  { memory }: AgentState,
  { id, replaces }: Emergency,
  until: Instant,
): ReturnType<typeof withoutEmergency> {
  const names = [...memory.emergencies.keys()].filter((known) => alertOf(known) === replaces);
  const ended = new Set(replaces === undefined ? [] : [replaces, ...names]);
  ended.delete(id);
  return [...ended].reduce<ReturnType<typeof withoutEmergency>>(
    (before, one) => {
      const { memory: left, changes } = withoutEmergency(before.memory, one, until);
      return { memory: left, changes: [...before.changes, ...changes] };
    },
    { memory, changes: [] },
  );
}

/**
 * Without the time a recording of yesterday's alarm looks like today's: only what is newer than all is believed, and
 * what a battery clock takes for today's. Which way to fail is the province's choice: not to miss an alarm, or not to
 * say one too many.
 */
function refusalWithoutClock(
  { setup, time, memory }: AgentState,
  { issuer, sequence }: Envelope,
  { expiresAt }: Emergency,
  { isTrusted, now }: Moment,
): Refusal | null {
  if (isConfirmed(time.trust) || (isTrusted && expiresAt > now)) return null;
  if (setup.withoutClock === "refuse") return "not-yet-valid";
  return sequence <= highestSeen(memory, issuer) ? "replayed" : null;
}

function refusalOfLife(
  { time, memory }: AgentState,
  contents: Envelope,
  { id, expiresAt }: Emergency,
  { now, mono }: Moment,
): Refusal | null {
  const earliest = isConfirmed(time.trust) ? now : earliestNow(time, mono);
  const isOver = expiresAt <= earliest || expiresAt <= contents.issuedAt;
  return isOver || memory.cancelled.has(id) ? "expired" : null;
}

function knownFrom(
  { memory }: AgentState,
  contents: Envelope,
  emergency: Emergency,
  approveBy: Instant | null,
  { now }: Moment,
): KnownEmergency {
  const before = memory.emergencies.get(emergency.id);
  return {
    emergency,
    knownAt: now,
    lifeMs: Math.min(MAX_EMERGENCY_MS, emergency.expiresAt - contents.issuedAt),
    isClipSaid: before?.emergency.notice?.sha256 === emergency.notice?.sha256 && before?.isClipSaid === true,
    isClipBad: false,
    approveBy,
    isCorrection: false,
  };
}

/**
 * What is over is known as such for as long as an approval of it can be used, by whatever two clocks may differ; by a clock
 * that nobody has told the time, by its own date.
 */
function endOfMemory({ time }: AgentState, { issuedAt }: Envelope, now: Instant): Instant {
  const from = isConfirmed(time.trust) || issuedAt < now ? now : issuedAt;
  return plus(from, MAX_APPROVAL_MS + 2 * CLOCK_TOLERANCE_MS);
}

/** Its sound ends with this step. One that was not heard of yet is known as cancelled when it comes. */
export function receiveCancel(
  state: AgentState,
  contents: Envelope,
  accept: Effect,
  moment: Moment,
): InboxStep {
  const parsed = cancelBody.safeParse(contents.body);
  if (!parsed.success) return refuse(state, contents, "bad-body", accept);
  const { emergency: id, correctedAt } = parsed.data;
  if (!isRoomToCancel(state.memory, id)) return refuse(state, contents, "not-durable", accept);
  const ended = withoutEmergency(state.memory, id, endOfMemory(state, contents, moment.now));
  const correction = correctedAt === undefined ? null : correctionOf(state, id, correctedAt, moment);
  const said = correction === null ? null : withEmergency(ended.memory, correction);
  const seen = afterCommand(said?.memory ?? ended.memory, contents);
  const changes = [...ended.changes, ...(said?.changes ?? []), ...seen.changes];
  return {
    state: { ...state, memory: seen.memory },
    effects: [
      { kind: "commit", onFailure: "keep", changes },
      accept,
      ack(state, contents, null),
      log("info", "emergency.cancelled", { id, correction: correction?.emergency.id ?? "none" }),
    ],
  };
}
