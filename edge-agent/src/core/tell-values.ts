import type { Capability } from "@loa/shared/device/capability.ts";
import { HOUR_MS, type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { LEVEL_PACE_MS } from "@loa/shared/wire/uplink.ts";
import type { Effect } from "./effect.ts";
import type { Moment } from "./moment.ts";
import { lookAtSamples } from "./samples.ts";
import { say } from "./say.ts";
import type { AgentState, Health, Told } from "./state.ts";

/** Values are looked at no more often than this. */
const SAMPLE_PACE_MS = 10 * SECOND_MS;
const USE_PACE_MS = HOUR_MS;

/** What is measured: the mixer's level, the points of the devices, the data volume. */
export function sayValues(state: AgentState, told: Told, moment: Moment, effects: Effect[]): Told {
  return sayUse(
    state,
    saySamples(state, sayLevel(state, told, moment, effects), moment, effects),
    moment,
    effects,
  );
}

function sayLevel(state: AgentState, told: Told, { now }: Moment, effects: Effect[]): Told {
  const { mixer, sounding } = state.playout;
  if (mixer === null || sounding.length === 0) return told;
  const { levelAt } = told;
  if (levelAt !== null && (now - levelAt < LEVEL_PACE_MS || mixer.at <= levelAt)) return told;
  const n = state.memory.session;
  say(state, effects, { k: "level", n, at: now, rms: tenth(mixer.rmsDb), peak: tenth(mixer.peakDb) });
  return { ...told, levelAt: now };
}

function saySamples(state: AgentState, told: Told, moment: Moment, effects: Effect[]): Told {
  const { actual, looks, pace } = state.amplifier;
  const { health, setup, memory } = state;
  const isRested = told.samplesAt === null || moment.mono - told.samplesAt >= SAMPLE_PACE_MS;
  const blamed =
    health.faults === told.facts?.faults && told.samplesOf !== null ? told.blamed : blamedIn(health);
  const urgent = difference(blamed, told.blamed);
  if (urgent.size === 0 && (actual === told.samplesOf || !isRested)) return told;
  const isSounding = pace === "sounding";
  const question = {
    known: { actual, looks },
    told: told.samples,
    deadbands: setup.deadbands,
    urgent,
    isSounding,
  };
  const look = lookAtSamples(question, moment);
  for (const { at, values } of look.messages)
    say(state, effects, { k: "sample", n: memory.session, at, v: values });
  return {
    ...told,
    samples: look.told,
    samplesOf: look.isWaiting || look.isOld ? null : actual,
    samplesAt: look.messages.length > 0 || look.isWaiting ? moment.mono : told.samplesAt,
    blamed,
  };
}

/** Points behind the faults that stand. */
function blamedIn({ faults }: Health): ReadonlySet<Capability> {
  return new Set([...faults.values()].flatMap(({ evidence }) => (evidence === null ? [] : [evidence.point])));
}

function difference(a: ReadonlySet<Capability>, b: ReadonlySet<Capability>): ReadonlySet<Capability> {
  if (a === b || (a.size === 0 && b.size === 0)) return NONE;
  return new Set([...a, ...b].filter((one) => a.has(one) !== b.has(one)));
}
const NONE: ReadonlySet<Capability> = new Set();

function sayUse(state: AgentState, told: Told, { now, mono }: Moment, effects: Effect[]): Told {
  const { month, up, down, sound, around } = state.memory.use;
  if (month === null || !isDue(told.useAt, mono)) return told;
  const bytes = { up, down, sound, around: Math.round(around) };
  say(state, effects, { k: "use", n: state.memory.session, at: now, m: month, ...bytes });
  return { ...told, useAt: mono };
}

function isDue(saidAt: MonotonicMs | null, mono: MonotonicMs): boolean {
  return saidAt === null || mono - saidAt >= USE_PACE_MS;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
