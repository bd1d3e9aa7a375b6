import type { OnAir } from "@loa/shared/broadcast/on-air.ts";
import { type Capability, capabilities } from "@loa/shared/device/capability.ts";
import { type Instant, type MonotonicMs, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { afterDarkness } from "./after-dark.ts";
import { withAgenda } from "./air.ts";
import { mixVolume } from "./amplifier-wish.ts";
import { afterHostReport, earliestNow, isTrusted, timeAt } from "./box-time.ts";
import { afterCorrection } from "./clock-correction.ts";
import { afterContacts } from "./contacts.ts";
import { afterContent, syncContent } from "./content-sync.ts";
import { afterTraffic } from "./data-use.ts";
import { afterReport, careForDevices } from "./device-care.ts";
import type { Effect, RecordChange } from "./effect.ts";
import type { AgentEvent, DeviceEvent } from "./event.ts";
import { observe, silenceOnRecord } from "./evidence.ts";
import { SHORT_POINTS } from "./further-lines.ts";
import { mayHaveTurned, withFaults } from "./health.ts";
import { receive } from "./inbox.ts";
import { highestSeen } from "./inbox-answer.ts";
import { type Moment, sooner } from "./moment.ts";
import { afterProbation, afterStart } from "./plan-probation.ts";
import { runPlayout } from "./playout.ts";
import { markProgress } from "./progress-mark.ts";
import { afterAnswer } from "./readiness.ts";
import { receiveRoster } from "./roster-inbox.ts";
import { afterSameReadings } from "./same-readings.ts";
import { aliveDueAt, noteAlive, settle } from "./settle.ts";
import { shutDown } from "./shut-down.ts";
import { silenceAfterStart, silenceEndsAt, withoutLapsedSilence } from "./silence-key.ts";
import { afterSound } from "./sounding.ts";
import type { AgentState, AmplifierState } from "./state.ts";
import { afterConnected, afterDisconnected, comeAnew, runUplink } from "./uplink.ts";
import { nextVolumeEdge } from "./volume.ts";
import { amplifierIsWanted, NOT_WANTED, type WarmUp } from "./warm-up.ts";

/** Nothing is started for this long after a note could not be written. */
const DISK_RETRY_MS = 10 * SECOND_MS;
/** A box that has run this long without knowing the time was blind for that reason, not because it was off. */
const BLIND_AFTER_MS = 60 * SECOND_MS;

export interface Step {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  /** When to ring next; null: only an event can change anything. */
  readonly ringAt: Instant | null;
}

/** The agent's heart: state, event and present in; state and what to do out. Touches nothing. */
export function step(before: AgentState, event: AgentEvent, mono: MonotonicMs, chance: number): Step {
  const heard = withoutLapsedSilence(withClock(before, event, mono), mono);
  const moment = momentOf(heard, mono, chance);
  const reaction = react(heard, event, moment);
  const isTimeKept = reaction.state.time === before.time;
  let { state, effects } = reaction;
  if (!isTimeKept) {
    const corrected = afterCorrection(before.time, state, mono);
    state = corrected.state;
    effects = joined(effects, corrected.effects);
  }
  // Signed time may have moved the present while the event was handled.
  const now = isTimeKept ? moment : momentOf(state, mono, chance);
  const isLook = mustLookAtAir(before, state, event, now);
  if (isLook) {
    const looked = lookAtAir(state, now);
    state = looked.state;
    effects = joined(effects, looked.effects);
  } else if (event.kind !== "shutdown") {
    const noted = noteTime(state, now);
    state = noted.state;
    effects = joined(effects, noted.effects);
  }
  if ((isLook || event.kind !== "rang") && mayHaveTurned(before, state)) state = withFaults(state, now);
  // After its good-bye the box says nothing more, and does not connect again.
  if (event.kind === "shutdown") return { state, effects, ringAt: null };
  const told = runUplink(state, now);
  return {
    state: told.state,
    effects: joined(effects, told.effects),
    ringAt: sooner(sooner(told.lookAgainAt, told.state.airLookAt), nextNote(told.state, now)),
  };
}

/** Most steps have effects of one kind, or none. */
function joined(first: readonly Effect[], then: readonly Effect[]): readonly Effect[] {
  return then.length === 0 ? first : first.length === 0 ? then : [...first, ...then];
}

export function momentOf(state: AgentState, mono: MonotonicMs, chance: number): Moment {
  return { now: timeAt(state.time, mono), mono, isTrusted: isTrusted(state.time.trust), chance };
}

function withClock(state: AgentState, event: AgentEvent, mono: MonotonicMs): AgentState {
  if (event.kind !== "host") return state;
  const time = afterHostReport(state.time, event, mono);
  return time === state.time ? state : { ...state, time };
}

function react(
  state: AgentState,
  event: AgentEvent,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  switch (event.kind) {
    case "rang":
      return silently(state);
    case "started":
      return afterStarted(state, event, moment);
    case "shutdown":
      return shutDown(state, moment);
    case "commit-failed":
      return afterCommitFailed(state, event, moment);
    case "commit-recovered":
      return silently({ ...state, health: { ...state.health, diskRetryAt: null } });
    case "connected":
      return afterConnected(state, event, moment);
    case "disconnected":
      return silently(afterDisconnected(state, moment));
    case "certificate-renewed":
      return comeAnew(state, moment);
    case "envelope":
      return receive(state, event, moment);
    case "roster":
      return receiveRoster(state, event, moment);
    case "sound-started":
    case "sound-level":
    case "sound-ended":
    case "sound-failed":
    case "sound-paused":
    case "sound-resumed":
    case "sound-trouble":
    case "microphone":
    case "relay-use": {
      const sounded = afterSound(state, event, moment);
      return { state: observe(sounded.state, moment), effects: sounded.effects };
    }
    case "device-values":
    case "device-identified":
    case "device-written":
    case "device-unreachable":
    case "device-ran":
    case "device-alarm":
    case "device-lease-ended":
      return afterDeviceReport(state, event, moment);
    case "fetched":
    case "fetch-failed":
    case "manifest": {
      const looked = afterAnswer(state, event, moment);
      return silently({ ...looked, content: afterContent(state.content, event, moment) });
    }
    case "traffic":
      return written(afterTraffic(state, event, moment));
    case "words-checked":
      return silently({ ...state, health: { ...state.health, areWordsWhole: event.areWhole } });
    case "host":
      return silently({ ...state, health: { ...state.health, freeDiskBytes: event.freeDiskBytes } });
  }
}

function afterDeviceReport(
  state: AgentState,
  event: DeviceEvent,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  const same = event.kind === "device-values" ? afterSameReadings(state, event, moment) : null;
  if (same !== null) return silently(same);
  return afterContacts(state, observe(afterReport(state, event, moment), moment), moment);
}

function afterStarted(
  state: AgentState,
  { present }: Extract<AgentEvent, { kind: "started" }>,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  const start = afterStart(state.memory, state.setup.bootId);
  const memory = afterDarkness(start.memory, moment.now, earliestNow(state.time, moment.mono));
  const content = { ...state.content, present: new Set(present) };
  const started = { ...state, memory, content, lastSilence: silenceOnRecord(memory) };
  return { state: silenceAfterStart(started, moment), effects: start.effects };
}

function written({ state, changes }: { state: AgentState; changes: readonly RecordChange[] }) {
  const effects: Effect[] = changes.length === 0 ? [] : [{ kind: "commit", onFailure: "keep", changes }];
  return { state, effects };
}

/** Nothing is to be done but to look at it. */
function silently(state: AgentState): { state: AgentState; effects: readonly Effect[] } {
  return { state, effects: NO_EFFECTS };
}
const NO_EFFECTS: readonly Effect[] = [];

function afterCommitFailed(
  state: AgentState,
  event: Extract<AgentEvent, { kind: "commit-failed" }>,
  { now }: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  const health = { ...state.health, diskRetryAt: plus(now, DISK_RETRY_MS) };
  const effects: Effect[] = [
    { kind: "log", level: "warn", event: "store.commit-failed", fields: { reason: event.reason } },
  ];
  if (event.refused !== null) {
    const { command, token, issuer } = event.refused;
    const body = {
      command,
      state: "refused",
      reason: "not-durable",
      highest: highestSeen(state.memory, issuer),
    } as const;
    effects.push({ kind: "accept", token }, { kind: "publish-ack", body });
  }
  return { state: { ...state, health }, effects };
}

/** Meter readings, idle polls and heartbeats are most of what happens; they cannot change what should sound. */
function mustLookAtAir(before: AgentState, state: AgentState, event: AgentEvent, { now }: Moment): boolean {
  if (event.kind === "shutdown") return false;
  const isRoutine =
    event.kind === "rang" ||
    event.kind === "host" ||
    event.kind === "traffic" ||
    event.kind === "sound-level" ||
    (event.kind === "device-values" && (!isBusy(state) || isUnmoved(before.amplifier, state.amplifier)));
  const isAnswer =
    before.selfTest.run !== state.selfTest.run || before.readiness.look !== state.readiness.look;
  const isKey = before.silence !== state.silence || before.memory.emergencies !== state.memory.emergencies;
  return (
    isAnswer ||
    isKey ||
    !isRoutine ||
    state.airLookAt === null ||
    now >= state.airLookAt ||
    state.agenda.validUntil <= now
  );
}

/** What can be written reads as it did, and so does what is switched off for a short: there is nothing to put right. */
function isUnmoved(before: AmplifierState, after: AmplifierState): boolean {
  if (before.trouble !== after.trouble) return false;
  if (before.actual === after.actual) return true;
  const isSame = (point: Capability) => before.actual[point]?.value === after.actual[point]?.value;
  const isWell = (point: Capability) => !capabilities[point].writable || isSame(point);
  return SHORT_POINTS.every(isSame) && (after.capabilities ?? []).every(isWell);
}

function isBusy(state: AgentState): boolean {
  return state.playout.sounding.length > 0 || state.amplifier.pace === "sounding";
}

function nextNote(state: AgentState, moment: Moment): Instant | null {
  return sooner(state.playout.markAt, aliveDueAt(state, moment));
}

/** Between two looks at the air only time passes, and what a power cut must not take along is written down. */
function noteTime(state: AgentState, moment: Moment): { state: AgentState; effects: readonly Effect[] } {
  const { markAt } = state.playout;
  if (markAt !== null && moment.now >= markAt) return written(markProgress(state, moment));
  const aliveAt = aliveDueAt(state, moment);
  return aliveAt !== null && moment.now >= aliveAt ? noteAlive(state, moment) : silently(state);
}

function lookAtAir(before: AgentState, moment: Moment): { state: AgentState; effects: readonly Effect[] } {
  const effects: Effect[] = [];
  let state = before;
  let next: Instant | null = null;
  const content = syncContent(state, moment);
  if (content.content !== state.content) state = { ...state, content: content.content };
  effects.push(...content.effects);
  next = sooner(next, content.lookAgainAt);
  let warm: WarmUp = NOT_WANTED;
  let air: OnAir | null = null;
  if (moment.isTrusted) state = withAgenda(state, moment);
  else {
    state = stillBlind(state, moment);
    next = sooner(next, plus(moment.now, BLIND_AFTER_MS));
  }
  // Without the time nothing is planned, but an emergency waits for no clock.
  if (moment.isTrusted || state.memory.emergencies.size > 0 || state.playout.sounding.length > 0) {
    const played = runPlayout(state, moment);
    const settled = settle(played.state, played.air, moment);
    warm = amplifierIsWanted(settled.state, played.air, moment);
    air = played.air;
    state = withHold(settled.state, warm);
    effects.push(...played.effects, ...settled.effects);
    next = sooner(sooner(next, played.lookAgainAt), sooner(settled.lookAgainAt, warm.lookAgainAt));
  }
  if (moment.isTrusted) {
    if (state.health.blindness !== null) state = { ...state, health: { ...state.health, blindness: null } };
    next = sooner(next, state.agenda.validUntil);
  }
  next = sooner(next, silenceEndsAt(state, moment));
  const mixed = mixVolume(state, moment.now);
  state = mixed.state;
  effects.push(...mixed.effects);
  const cared = careForDevices(state, air, warm, moment);
  state = cared.state;
  effects.push(...cared.effects);
  next = sooner(next, cared.lookAgainAt);
  next = sooner(next, nextVolumeEdge(state.memory.plan?.volume ?? null, moment.now));
  const proven = afterProbation(state.memory, moment);
  effects.push(...proven.effects);
  next = sooner(next, proven.memory.probation?.until ?? null);
  if (proven.memory !== state.memory) state = { ...state, memory: proven.memory };
  return { state: { ...state, airLookAt: next }, effects };
}

/** Until when the amplifier is held on. */
function withHold(state: AgentState, { until: wantedOnUntil, isUnderSound }: WarmUp): AgentState {
  const { amplifier } = state;
  const isHeld = amplifier.wantedOnUntil === wantedOnUntil && amplifier.isUnderSound === isUnderSound;
  return isHeld ? state : { ...state, amplifier: { ...amplifier, wantedOnUntil, isUnderSound } };
}

/** The time is not known: after a minute of that, not the power cut but the clock is to blame for what is missed. */
function stillBlind(state: AgentState, { mono }: Moment): AgentState {
  const isLong = mono - state.time.anchorMono >= BLIND_AFTER_MS;
  return isLong ? { ...state, health: { ...state.health, blindness: "clock-untrusted" } } : state;
}
