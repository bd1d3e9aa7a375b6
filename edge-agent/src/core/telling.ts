import { toBox } from "@loa/shared/wire/topics.ts";
import type { Reported } from "@loa/shared/wire/uplink.ts";
import { SILENCES_FOR_FAULT } from "./amplifier.ts";
import type { Effect } from "./effect.ts";
import { highestSeen } from "./inbox-answer.ts";
import type { Moment } from "./moment.ts";
import { saidOnAir } from "./said-on-air.ts";
import { forgotten } from "./samples.ts";
import { say } from "./say.ts";
import type { AgentState, Facts, LinkState, Told } from "./state.ts";
import { faultsToTell, lookAtFaults, NO_FAULTS_TOLD } from "./tell-faults.ts";
import { sayReady } from "./tell-ready.ts";
import { sayValues } from "./tell-values.ts";

export const NOTHING_TOLD: Told = {
  facts: null,
  air: undefined,
  faults: NO_FAULTS_TOLD,
  ready: "",
  found: null,
  reported: "",
  samples: new Map(),
  samplesOf: null,
  samplesAt: null,
  blamed: new Set(),
  levelAt: null,
  beat: null,
  useAt: null,
};

/** Everything is to be said anew; what goes out at a pace of its own keeps it. */
export function saidAnew({ samples, useAt }: Told): Told {
  return { ...NOTHING_TOLD, samples: forgotten(samples), useAt };
}

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
  devices,
}: AgentState): Facts {
  const { plan, roster, lastEvent, sequences, session } = memory;
  return {
    faults: health.faults,
    content,
    capabilities: amplifier.capabilities,
    plan,
    roster,
    lastEvent,
    sequences,
    session,
    sounding: playout.sounding,
    trust: time.trust,
    airLookAt,
    found: readiness.found,
    devices: devices.known,
  };
}

/** Asked after every event, most of which replace nothing of it. */
function areStill(facts: Facts, state: AgentState): boolean {
  const { health, playout, time, airLookAt, readiness } = state;
  return (
    facts.faults === health.faults &&
    facts.sounding === playout.sounding &&
    facts.trust === time.trust &&
    facts.airLookAt === airLookAt &&
    facts.found === readiness.found &&
    isReportStill(facts, state)
  );
}

/** Of these the report is made, and of nothing else that moves. */
function isReportStill(facts: Facts, { content, amplifier, memory, devices }: AgentState): boolean {
  return (
    facts.content === content &&
    facts.capabilities === amplifier.capabilities &&
    facts.plan === memory.plan &&
    facts.roster === memory.roster &&
    facts.lastEvent === memory.lastEvent &&
    facts.sequences === memory.sequences &&
    facts.session === memory.session &&
    facts.devices === devices.known
  );
}

function sayStates(state: AgentState, before: Told, moment: Moment, effects: Effect[]): Told {
  if (before.facts !== null && !before.faults.isWaiting && areStill(before.facts, state)) return before;
  const { now } = moment;
  const n = state.memory.session;
  let told: Told = { ...before, facts: factsOf(state) };
  const air = saidOnAir(state, now);
  if (air !== told.air) {
    say(state, effects, { k: "air", n, at: now, id: air });
    told = { ...told, air };
  }
  const look = lookAtFaults(state.health, told.faults, moment.mono);
  if (look.isDue) say(state, effects, { k: "fault", n, at: now, faults: faultsToTell(state.health) });
  told = { ...told, faults: look.told };
  told = sayReady(state, told, moment, effects);
  if (before.facts !== null && isReportStill(before.facts, state)) return told;
  const reportedNow = JSON.stringify(reportOf(state));
  if (reportedNow !== told.reported) {
    effects.push({ kind: "publish", message: toBox(state.setup.box, "reported", reportedNow) });
    told = { ...told, reported: reportedNow };
  }
  return told;
}

function reportOf(state: AgentState): Reported {
  const { memory, content, setup, devices } = state;
  return {
    session: memory.session,
    revision: memory.plan?.revision ?? 0,
    profile: state.amplifier.capabilities === null ? null : setup.amplifier.profile,
    stream: memory.stream,
    lastEvent: memory.lastEvent,
    roster: memory.roster?.contents.version ?? 0,
    highest: Math.max(0, ...[...memory.sequences.keys()].map((issuer) => highestSeen(memory, issuer))),
    clipsWanted: content.clips?.size ?? 0,
    devices: setup.devices.map(({ alias, profile }) => {
      const trouble = devices.known.get(alias)?.trouble ?? null;
      const isLost = trouble !== null && trouble.times >= SILENCES_FOR_FAULT;
      return { alias, profile, cause: isLost ? trouble.reason : null };
    }),
    clipsPresent: [...(content.clips?.keys() ?? [])].filter((one) => content.present.has(one)).length,
  };
}
