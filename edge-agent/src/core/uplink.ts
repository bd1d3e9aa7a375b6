import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { Fault } from "@loa/shared/device/fault.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { areaTopic, boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import {
  HEARTBEAT_MAX_MS,
  HEARTBEAT_MIN_MS,
  type Presence,
  type Reported,
  type Status,
} from "@loa/shared/wire/uplink.ts";
import { nextOccurrence } from "./air.ts";
import { type Effect, put } from "./effect.ts";
import { lacks } from "./health.ts";
import { highestSeen } from "./inbox.ts";
import { type Moment, sooner } from "./moment.ts";
import type { AgentState, LinkState, Told } from "./state.ts";

/** Full jitter: a wait drawn from [0, ceiling), the ceiling doubling from the first to the last. */
const BACK_OFF_FIRST_MS = 2 * SECOND_MS;
const BACK_OFF_MOST_MS = 2 * MINUTE_MS;
/** Events on their way at once; the rest waits for the controller's word. */
const EVENTS_IN_FLIGHT = 20;
const EVENT_RESEND_MS = 20 * SECOND_MS;
/** QoS 0 may be lost: everything is said anew this often. */
const REFRESH_MS = 15 * MINUTE_MS;
/** Samples that moved go out no more often than this, and the level meter while something sounds. */
const SAMPLE_PACE_MS = 10 * SECOND_MS;
const LEVEL_PACE_MS = 2 * SECOND_MS;

const NOTHING_TOLD: Told = {
  air: undefined,
  faults: "",
  ready: "",
  reported: "",
  samples: new Map(),
  samplesAt: null,
  levelAt: null,
};

export const NO_LINK: LinkState = {
  phase: "down",
  failures: 0,
  connectAt: null,
  connectedMono: null,
  nonce: null,
  heartbeatAt: null,
  refreshAt: null,
  sentUpTo: 0,
  resendAt: null,
  told: NOTHING_TOLD,
};

export interface UplinkStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

export function afterConnected(state: AgentState, nonce: string, { now, mono, chance }: Moment): UplinkStep {
  const { setup, memory } = state;
  const told: Presence = { session: memory.session, online: true, nonce, version: setup.version };
  const link: LinkState = {
    ...NO_LINK,
    phase: "up",
    connectedMono: mono,
    nonce,
    heartbeatAt: nextHeartbeat(now, chance),
    refreshAt: plus(now, REFRESH_MS),
  };
  const message = toBox(setup.box, "presence", JSON.stringify(told));
  return { state: { ...state, link }, effects: [{ kind: "publish", message }], lookAgainAt: null };
}

/** What the last will would have said. */
export function absence({ setup, memory }: AgentState): Effect {
  const told: Presence = { session: memory.session, online: false, nonce: "", version: setup.version };
  return { kind: "publish", message: toBox(setup.box, "presence", JSON.stringify(told)) };
}

export function afterDisconnected(state: AgentState, { now, chance }: Moment): AgentState {
  const failures = state.link.failures + 1;
  const ceilingMs = Math.min(BACK_OFF_MOST_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(failures, 10));
  return { ...state, link: { ...NO_LINK, failures, connectAt: plus(now, 200 + chance * ceilingMs) } };
}

/** Says what changed and what is due, at its own pace. */
export function runUplink(state: AgentState, moment: Moment): UplinkStep {
  switch (state.link.phase) {
    case "down":
      return connectWhenDue(state, moment);
    case "connecting":
      return { state, effects: [], lookAgainAt: null };
    case "up":
      return say(state, moment);
  }
}

function connectWhenDue(state: AgentState, { now }: Moment): UplinkStep {
  const { connectAt } = state.link;
  if (connectAt !== null && now < connectAt) return { state, effects: [], lookAgainAt: connectAt };
  const session = state.memory.session + 1;
  const next: AgentState = {
    ...state,
    memory: { ...state.memory, session },
    link: { ...state.link, phase: "connecting", connectAt: null },
  };
  const { box } = state.setup;
  const areas = state.memory.plan?.lineage.map(areaTopic) ?? [];
  return {
    state: next,
    effects: [
      { kind: "commit", onFailure: "keep", changes: [put("meta", "session", session)] },
      { kind: "connect", session, subscribe: [boxTopic(box, "plan"), boxTopic(box, "command"), ...areas] },
    ],
    lookAgainAt: null,
  };
}

function say(state: AgentState, moment: Moment): UplinkStep {
  const { now } = moment;
  const isRefresh = state.link.refreshAt !== null && now >= state.link.refreshAt;
  const begun: AgentState = isRefresh
    ? { ...state, link: { ...state.link, refreshAt: plus(now, REFRESH_MS), told: NOTHING_TOLD } }
    : state;
  const effects: Effect[] = [];
  let link = begun.link;
  link = sayChanges(begun, link, moment, effects);
  link = sayHeartbeat(begun, link, moment, effects);
  link = sayEvents(begun, link, moment, effects);
  let next = sooner(link.heartbeatAt, link.refreshAt);
  next = sooner(next, link.resendAt);
  return { state: { ...begun, link }, effects, lookAgainAt: next };
}

function sayHeartbeat(
  state: AgentState,
  link: LinkState,
  { now, chance }: Moment,
  effects: Effect[],
): LinkState {
  if (link.heartbeatAt === null || now < link.heartbeatAt) return link;
  const { memory, health, playout } = state;
  status(state, effects, {
    k: "h",
    n: memory.session,
    at: Math.floor(now / SECOND_MS),
    r: memory.plan?.revision ?? 0,
    f: health.faults.size,
    o: playout.sounding.some((one) => one.startedAt !== null) ? 1 : 0,
  });
  return { ...link, heartbeatAt: nextHeartbeat(now, chance) };
}

function sayChanges(state: AgentState, link: LinkState, moment: Moment, effects: Effect[]): LinkState {
  const { now } = moment;
  const n = state.memory.session;
  let { told } = link;
  const air =
    state.playout.sounding.find((one) => one.startedAt !== null && !one.isStopping)?.occurrenceId ?? null;
  if (air !== told.air) {
    status(state, effects, { k: "air", n, at: now, id: air });
    told = { ...told, air };
  }
  const faults: readonly Fault[] = [...state.health.faults].map(([kind, since]) => ({ kind, since }));
  const faultText = JSON.stringify(faults);
  if (faultText !== told.faults) {
    status(state, effects, {
      k: "fault",
      n,
      at: now,
      faults: faults.slice(0, MAX_FAULTS_TOLD).map((one) => ({ c: one.kind, s: one.since })),
    });
    told = { ...told, faults: faultText };
  }
  told = sayReady(state, nextOccurrence(state, now), told, moment, effects);
  const reportedNow = JSON.stringify(reportOf(state));
  if (reportedNow !== told.reported) {
    effects.push({ kind: "publish", message: toBox(state.setup.box, "reported", reportedNow) });
    told = { ...told, reported: reportedNow };
  }
  told = sayValues(state, told, moment, effects);
  return told === link.told ? link : { ...link, told };
}

/** So many fit into one status message of 400 bytes. */
const MAX_FAULTS_TOLD = 6;

function sayReady(
  state: AgentState,
  next: Occurrence | null,
  told: Told,
  { now }: Moment,
  effects: Effect[],
): Told {
  const what = { id: next?.id ?? null, dueAt: next?.at ?? null, lacks: [...lacks(state, next)].slice(0, 8) };
  const ready = JSON.stringify(what);
  if (ready === told.ready) return told;
  status(state, effects, { k: "ready", n: state.memory.session, at: now, ...what });
  return { ...told, ready };
}

function sayValues(state: AgentState, told: Told, { now }: Moment, effects: Effect[]): Told {
  const n = state.memory.session;
  let next = told;
  const { mixer, sounding } = state.playout;
  const isLevelDue = told.levelAt === null || now - told.levelAt >= LEVEL_PACE_MS;
  if (
    mixer !== null &&
    sounding.length > 0 &&
    isLevelDue &&
    (told.levelAt === null || mixer.at > told.levelAt)
  ) {
    status(state, effects, { k: "level", n, at: now, rms: tenth(mixer.rmsDb), peak: tenth(mixer.peakDb) });
    next = { ...next, levelAt: now };
  }
  if (told.samplesAt !== null && now - told.samplesAt < SAMPLE_PACE_MS) return next;
  const moved = [...state.amplifier.actual].filter(([point, { value }]) =>
    hasMoved(point, told.samples.get(point), value),
  );
  if (moved.length === 0) return next;
  const sent = moved.slice(0, MAX_SAMPLES_TOLD);
  const samples = new Map(told.samples);
  for (const [point, { value }] of sent) samples.set(point, value);
  const v = Object.fromEntries(
    sent.map(([point, { value }]) => [point, value === null ? null : tenth(value)]),
  );
  status(state, effects, { k: "sample", n, at: now, v });
  return { ...next, samples, samplesAt: now };
}

/** So many fit into one status message of 400 bytes. */
const MAX_SAMPLES_TOLD = 8;

/** Smaller moves are noise: they are said at the next refresh. */
function hasMoved(point: Capability, before: number | null | undefined, value: number | null): boolean {
  if (before === undefined || before === null || value === null) return before !== value;
  return Math.abs(value - before) >= (deadbands[point] ?? 1);
}
const deadbands: Partial<Record<Capability, number>> = {
  "amplifier.gain": 0.5,
  "amplifier.level": 6,
  "amplifier.temperature": 2,
  "speakerLine.current": 0.2,
  "mains.voltage": 5,
  "battery.voltage": 0.3,
  "cabinet.temperature": 2,
};

function sayEvents(state: AgentState, link: LinkState, { now }: Moment, effects: Effect[]): LinkState {
  const { events } = state.memory;
  if (events.length === 0) return link.resendAt === null ? link : { ...link, resendAt: null };
  const isResend = link.resendAt !== null && now >= link.resendAt;
  const from = isResend ? 0 : link.sentUpTo;
  const window = events.slice(0, EVENTS_IN_FLIGHT).filter((one) => one.number > from);
  if (window.length === 0) return link;
  for (const body of window) effects.push({ kind: "publish-event", body });
  const last = window.at(-1)?.number ?? link.sentUpTo;
  return { ...link, sentUpTo: Math.max(link.sentUpTo, last), resendAt: plus(now, EVENT_RESEND_MS) };
}

function reportOf(state: AgentState): Reported {
  const { memory, content, setup } = state;
  return {
    session: memory.session,
    revision: memory.plan?.revision ?? 0,
    profile: state.amplifier.capabilities === null ? null : setup.amplifier.profile,
    stream: memory.stream,
    lastEvent: memory.lastEvent,
    highest: highestSeen(memory),
    clipsWanted: content.clips?.size ?? 0,
    clipsPresent: [...(content.clips?.keys() ?? [])].filter((one) => content.present.has(one)).length,
  };
}

function status(state: AgentState, effects: Effect[], body: Status): void {
  effects.push({ kind: "publish", message: toBox(state.setup.box, "status", JSON.stringify(body)) });
}

function nextHeartbeat(now: Instant, chance: number): Instant {
  return plus(now, HEARTBEAT_MIN_MS + chance * (HEARTBEAT_MAX_MS - HEARTBEAT_MIN_MS));
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
