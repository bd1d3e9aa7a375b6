import type { Plan } from "@loa/shared/broadcast/plan.ts";
import { type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { planBody, receivedBody, stopBody, testBody, timeBody } from "@loa/shared/wire/bodies.ts";
import {
  type Audience,
  admit,
  CLOCK_TOLERANCE_MS,
  type Envelope,
  isUnderstood,
  type Refusal,
} from "@loa/shared/wire/envelope.ts";
import { EMPTY_AGENDA } from "./air.ts";
import { isIssuerAllowed, mayTell, refusalOfSignatures } from "./approved.ts";
import { afterControllerTime, isConfirmed, isTrusted } from "./box-time.ts";
import { type Effect, put, type RecordChange } from "./effect.ts";
import { receiveCancel, receiveEmergency } from "./emergency-inbox.ts";
import type { AgentEvent } from "./event.ts";
import { ack, afterCommand, type InboxStep, log, refuse, windowOf } from "./inbox-answer.ts";
import { receiveLocal } from "./local-inbox.ts";
import { withoutLocalStarts } from "./local-stop.ts";
import type { Memory } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { eventKey, withoutEvents } from "./outbox.ts";
import { formerAfter, ownAreas } from "./own-areas.ts";
import { isUnsafe } from "./safety.ts";
import { receiveWithdraw } from "./standing-approvals.ts";
import type { AgentState } from "./state.ts";

/** A new plan is on probation this long; see `plan-probation.ts`. */
const PROBATION_MS = 2 * MINUTE_MS;

/**
 * Looks at one opened envelope: its key, approvals, audience, sequence, time, body; durable first, then PUBACK, then the
 * signed answer.
 */
export function receive(
  state: AgentState,
  { token, opened, orders = [] }: Extract<AgentEvent, { kind: "envelope" }>,
  moment: Moment,
): InboxStep {
  const accept: Effect = { kind: "accept", token };
  if (!opened.ok) {
    // Nobody we know signed it, so there is nobody to answer; PUBACK, or the broker would bring it again for ever.
    return { state, effects: [log("warn", "envelope.refused", { reason: opened.error }), accept] };
  }
  const contents = opened.value;
  if (!isIssuerAllowed(state, contents, moment)) return refuseAtOnce(state, contents, "not-allowed", accept);
  if (!isUnderstood(contents)) return refuseAtOnce(state, contents, "critical-field", accept);
  if (contents.kind === "received") return receiveReceived(state, contents, accept, moment);
  if (contents.kind === "time") return receiveTime(state, contents, accept, moment);
  const { memory } = state;
  if (memory.commands.includes(contents.id)) return { state, effects: [accept, ack(state, contents, null)] };
  const refused =
    refusalOfSignatures(state, contents, orders, moment) ??
    admit(contents, {
      isAddressedTo: (audience) => isForUs(state, audience, moment.now),
      sequences: windowOf(memory, contents.issuer),
      now: knowsTimeFor(state, contents) ? moment.now : null,
    });
  if (refused !== null) return refuse(state, contents, refused, accept);
  if (contents.kind === "plan") return receivePlan(state, contents, accept, moment);
  if (contents.kind === "stop") return receiveStop(state, contents, accept, moment);
  if (contents.kind === "emergency") return receiveEmergency(state, { contents, orders, accept }, moment);
  if (contents.kind === "local") return receiveLocal(state, { contents, orders, accept });
  if (contents.kind === "cancel") return receiveCancel(state, contents, accept, moment);
  if (contents.kind === "withdraw") return receiveWithdraw(state, contents, accept, moment);
  if (contents.kind === "test") return receiveTest(state, contents, accept);
  return refuse(state, contents, "bad-body", accept);
}

/** Signed time and receipts have no answer, so their refusal has none. */
function refuseAtOnce(state: AgentState, contents: Envelope, reason: Refusal, accept: Effect): InboxStep {
  const { kind, issuer } = contents;
  if (kind !== "received" && kind !== "time") return refuse(state, contents, reason, accept);
  return { state, effects: [log("warn", "envelope.refused", { kind, issuer, reason }), accept] };
}

/**
 * Whether this key is still named. The numbers of one that was stolen and taken out of the roster hold nobody back:
 * with the highest number of all it would silence its successor for ever.
 */
function isBelieved({ memory: { roster } }: AgentState, issuer: string | null): boolean {
  return roster === null || issuer === null || roster.contents.keys.some(({ id }) => id === issuer);
}

/** A battery clock is good enough for a plan; an emergency and what ends it wait for nobody to put it right. */
function knowsTimeFor({ time }: AgentState, { kind }: Envelope): boolean {
  return kind === "plan" || kind === "test" ? isTrusted(time.trust) : isConfirmed(time.trust);
}

function isForUs(state: AgentState, audience: Audience, now: Instant): boolean {
  if ("box" in audience) return audience.box === state.setup.box;
  if ("area" in audience) return ownAreas(state.memory, now).includes(audience.area);
  return false;
}

function receivePlan(state: AgentState, contents: Envelope, accept: Effect, moment: Moment): InboxStep {
  const parsed = planBody.safeParse(contents.body);
  if (!parsed.success || parsed.data.plan.box !== state.setup.box)
    return refuse(state, contents, "bad-body", accept);
  const { plan } = parsed.data;
  const { memory } = state;
  if (isUnsafe(plan, memory)) return refuse(state, contents, "unsafe", accept);
  if (plan.revision === memory.badRevision) return refuse(state, contents, "bad-body", accept);
  const isOlder = plan.revision < (memory.plan?.revision ?? 0);
  if (isOlder && isBelieved(state, memory.planIssuer))
    return refuse(state, contents, "stale-revision", accept);
  const seen = afterCommand(memory, contents);
  // The plan in force, sent again, starts no second probation.
  const isNew = JSON.stringify(plan) !== JSON.stringify(memory.plan);
  const applied = isNew
    ? withPlan(seen.memory, plan, { issuer: contents.issuer, bootId: state.setup.bootId }, moment)
    : { memory: seen.memory, changes: [] };
  const agenda = isNew ? EMPTY_AGENDA : state.agenda;
  return {
    state: { ...state, agenda, memory: applied.memory, health: { ...state.health, planRefused: false } },
    effects: [
      { kind: "commit", onFailure: "revert", changes: [...applied.changes, ...seen.changes] },
      accept,
      ack(state, contents, null),
      log("info", "plan.applied", { revision: plan.revision }),
    ],
  };
}

function withPlan(
  memory: Memory,
  plan: Plan,
  { issuer, bootId }: { readonly issuer: string; readonly bootId: string },
  { now }: Moment,
): { memory: Memory; changes: readonly RecordChange[] } {
  const lastGood = memory.probation === null ? memory.plan : memory.lastGood;
  const probation = { revision: plan.revision, until: plus(now, PROBATION_MS), bootId, crashes: 0 };
  const ownsFrom = memory.ownsFrom ?? now;
  const formerAreas = formerAfter(memory, plan.lineage, now);
  return {
    memory: { ...memory, plan, planIssuer: issuer, lastGood, probation, ownsFrom, formerAreas },
    changes: [
      put("plan", "current", plan),
      put("plan", "issuer", issuer),
      put("plan", "last-good", lastGood),
      put("plan", "probation", probation),
      ...(formerAreas === memory.formerAreas ? [] : [put("plan", "former-areas", [...formerAreas])]),
      put("meta", "owns-from", ownsFrom),
    ],
  };
}

/** As far as an emergency goes before it sounds: it is on the disk, and answered. */
function receiveTest(state: AgentState, contents: Envelope, accept: Effect): InboxStep {
  if (!testBody.safeParse(contents.body).success) return refuse(state, contents, "bad-body", accept);
  const seen = afterCommand(state.memory, contents);
  return {
    state: { ...state, memory: seen.memory },
    effects: [
      { kind: "commit", onFailure: "revert", changes: seen.changes },
      accept,
      ack(state, contents, null),
    ],
  };
}

function receiveStop(state: AgentState, contents: Envelope, accept: Effect, { now }: Moment): InboxStep {
  const parsed = stopBody.safeParse(contents.body);
  if (!parsed.success) return refuse(state, contents, "bad-body", accept);
  // A STOP never reaches into the future: what is due later sounds. But what it is to end was raised by the clock of the
  // control room, which may be ahead of ours; and by how much a battery clock is behind nobody knows.
  const isFar = isConfirmed(state.time.trust) && parsed.data.at > now + CLOCK_TOLERANCE_MS;
  const at = isFar ? now : parsed.data.at;
  const stoppedAt =
    state.memory.stoppedAt !== null && state.memory.stoppedAt > at ? state.memory.stoppedAt : at;
  const ended = withoutLocalStarts(state, at, now);
  const seen = afterCommand(ended.memory, contents);
  const changes = [put("stop", "at", stoppedAt), ...ended.changes, ...seen.changes];
  return {
    state: { ...state, memory: { ...seen.memory, stoppedAt } },
    effects: [
      // Silence does not wait for room on the disk.
      { kind: "commit", onFailure: "keep", changes },
      accept,
      ack(state, contents, null),
      log("info", "stop.applied", { at: stoppedAt }),
    ],
  };
}

/** Signed time counts only for the nonce of this very session, so an old answer is worth nothing. */
function receiveTime(state: AgentState, contents: Envelope, accept: Effect, moment: Moment): InboxStep {
  const parsed = timeBody.safeParse(contents.body);
  const { nonce, connectedMono } = state.link;
  const isOurs =
    isForUs(state, contents.audience, moment.now) && parsed.success && parsed.data.nonce === nonce;
  if (!isOurs || connectedMono === null || !mayTell(state, contents, parsed.data.at))
    return { state, effects: [accept] };
  const time = afterControllerTime(state.time, parsed.data.at, moment.mono - connectedMono, moment.mono);
  return { state: { ...state, time, link: { ...state.link, nonce: null } }, effects: [accept] };
}

function receiveReceived(state: AgentState, contents: Envelope, accept: Effect, moment: Moment): InboxStep {
  const parsed = receivedBody.safeParse(contents.body);
  const isOurs = isForUs(state, contents.audience, moment.now) && parsed.success;
  if (!isOurs) return { state, effects: [accept] };
  // A number that was never given out would make the box forget what it has not said yet.
  const { stream, upTo } = parsed.data;
  const { memory, changes } = withoutEvents(state.memory, stream, upTo, (one) =>
    state.link.sent.has(eventKey(one)),
  );
  if (changes.length === 0) return { state, effects: [accept] };
  return { state: { ...state, memory }, effects: [{ kind: "commit", onFailure: "keep", changes }, accept] };
}
