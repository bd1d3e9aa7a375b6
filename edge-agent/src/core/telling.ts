import type { Capability } from "@loa/shared/device/capability.ts";
import { type Fault, type FaultKind, severityOf } from "@loa/shared/device/fault.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { toBox } from "@loa/shared/wire/topics.ts";
import type { Reported, Status } from "@loa/shared/wire/uplink.ts";
import type { Effect } from "./effect.ts";
import { highestSeen } from "./inbox-answer.ts";
import type { Moment } from "./moment.ts";
import { saidOnAir } from "./said-on-air.ts";
import type { AgentState, Facts, LinkState, Readings, Told } from "./state.ts";
import { sayReady } from "./tell-ready.ts";

/** Samples that moved go out no more often than this, and the level meter while something sounds. */
const SAMPLE_PACE_MS = 10 * SECOND_MS;
const LEVEL_PACE_MS = 4 * SECOND_MS;

export const NOTHING_TOLD: Told = {
  facts: null,
  air: undefined,
  faults: "",
  ready: "",
  found: null,
  reported: "",
  samples: new Map(),
  samplesOf: null,
  samplesAt: null,
  levelAt: null,
};

/** Says what differs from what was last said on this connection. */
export function sayChanges(state: AgentState, link: LinkState, moment: Moment, effects: Effect[]): LinkState {
  const told = sayStates(state, link.told, moment, effects);
  const after = sayValues(state, told, moment, effects);
  return after === link.told ? link : { ...link, told: after };
}

function factsOf({
  health,
  content,
  amplifier,
  memory,
  playout,
  time,
  airLookAt,
  readiness,
}: AgentState): Facts {
  const { plan, lastEvent, sequences, session } = memory;
  return {
    faults: health.faults,
    content,
    capabilities: amplifier.capabilities,
    plan,
    lastEvent,
    sequences,
    session,
    sounding: playout.sounding,
    trust: time.trust,
    airLookAt,
    found: readiness.found,
  };
}

/** Asked after every event, most of which replace nothing of it. */
function areStill(
  facts: Facts,
  { health, content, amplifier, memory, playout, time, airLookAt, readiness }: AgentState,
) {
  return (
    facts.faults === health.faults &&
    facts.content === content &&
    facts.capabilities === amplifier.capabilities &&
    facts.plan === memory.plan &&
    facts.lastEvent === memory.lastEvent &&
    facts.sequences === memory.sequences &&
    facts.session === memory.session &&
    facts.sounding === playout.sounding &&
    facts.trust === time.trust &&
    facts.airLookAt === airLookAt &&
    facts.found === readiness.found
  );
}

function sayStates(state: AgentState, before: Told, moment: Moment, effects: Effect[]): Told {
  if (before.facts !== null && areStill(before.facts, state)) return before;
  const { now } = moment;
  const n = state.memory.session;
  let told: Told = { ...before, facts: factsOf(state) };
  const air = saidOnAir(state, now);
  if (air !== told.air) {
    status(state, effects, { k: "air", n, at: now, id: air });
    told = { ...told, air };
  }
  const faults: readonly Fault[] = [...state.health.faults].map(([kind, since]) => ({ kind, since }));
  const faultText = JSON.stringify(faults);
  if (faultText !== told.faults) {
    status(state, effects, { k: "fault", n, at: now, faults: faultsToTell(faults) });
    told = { ...told, faults: faultText };
  }
  told = sayReady(state, told, moment, effects);
  const reportedNow = JSON.stringify(reportOf(state));
  if (reportedNow !== told.reported) {
    effects.push({ kind: "publish", message: toBox(state.setup.box, "reported", reportedNow) });
    told = { ...told, reported: reportedNow };
  }
  return told;
}

/** What is left of a status message of 400 bytes beside session, time and names. */
const FAULT_ROOM_BYTES = 330;

/** As many as fit, those first that keep the box from being heard. */
function faultsToTell(faults: readonly Fault[]): { c: FaultKind; s: Instant }[] {
  const rank = (one: Fault) => (severityOf[one.kind] === "critical" ? 0 : 1);
  const sorted = [...faults].sort((a, b) => rank(a) - rank(b));
  const told: { c: FaultKind; s: Instant }[] = [];
  let room = FAULT_ROOM_BYTES;
  for (const { kind, since } of sorted) {
    const one = { c: kind, s: since };
    room -= JSON.stringify(one).length + 1;
    if (room >= 0) told.push(one);
  }
  return told;
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
  const { actual, capabilities } = state.amplifier;
  if (actual === told.samplesOf || (told.samplesAt !== null && now - told.samplesAt < SAMPLE_PACE_MS))
    return next;
  const moved = movedSamples(capabilities ?? [], actual, told.samples);
  if (moved.length === 0) return { ...next, samplesOf: actual };
  const samples = new Map(told.samples);
  for (const [point, value] of moved) samples.set(point, value);
  const v = Object.fromEntries(moved.map(([point, value]) => [point, value === null ? null : tenth(value)]));
  status(state, effects, { k: "sample", n, at: now, v });
  return { ...next, samples, samplesAt: now };
}

/** As many as one message holds; mostly none, after every look at the amplifier. */
function movedSamples(
  points: readonly Capability[],
  actual: Readings,
  told: Told["samples"],
): readonly (readonly [Capability, number | null])[] {
  const moved: [Capability, number | null][] = [];
  for (const point of points) {
    const reading = actual[point];
    if (reading === undefined || moved.length >= MAX_SAMPLES_TOLD) continue;
    if (hasMoved(point, told.get(point), reading.value)) moved.push([point, reading.value]);
  }
  return moved;
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
    devices: [],
    clipsPresent: [...(content.clips?.keys() ?? [])].filter((one) => content.present.has(one)).length,
  };
}

export function status(state: AgentState, effects: Effect[], body: Status): void {
  effects.push({ kind: "publish", message: toBox(state.setup.box, "status", JSON.stringify(body)) });
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
