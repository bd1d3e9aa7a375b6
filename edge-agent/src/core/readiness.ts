import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { clipOf } from "@loa/shared/broadcast/air-item.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isMissing, isUnnamed } from "./air-source.ts";
import { REFUSALS_FOR_FAULT, SILENCES_FOR_FAULT, valueNow } from "./amplifier.ts";
import type { Effect } from "./effect.ts";
import type { AgentEvent } from "./event.ts";
import { type Moment, sooner, toWall } from "./moment.ts";
import { STALE_AFTER_MS } from "./self-test-time.ts";
import { sequenceTrouble } from "./sequences.ts";
import type { AgentState, ReadinessState, ReadyFinding, ReadyStage } from "./state.ts";

/** Time to drive to a pole, and time enough to fetch a clip again. */
const LEAD_MS = { early: 15 * MINUTE_MS, late: 60 * SECOND_MS } as const satisfies Record<ReadyStage, number>;
/** What the devices and the disk have not said by then is not waited for. */
const LOOK_WITHIN_MS = 20 * SECOND_MS;
/** Occurrences that one look is for, at most; what is due beyond has a look of its own right after. */
const MAX_AT_ONCE = 16;

export const NO_LOOK: ReadinessState = { look: null, looked: [], found: [] };

export interface ReadinessStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/** Looks at amplifier and clips 15 minutes and 60 s before each occurrence, and keeps what was found. */
export function runReadiness(state: AgentState, moment: Moment): ReadinessStep {
  const { now, isTrusted } = moment;
  if (!isTrusted) return { state, effects: [], lookAgainAt: null };
  const { look } = state.readiness;
  if (look !== null && !isAnswered(look, now))
    return { state, effects: [], lookAgainAt: plus(look.at, LOOK_WITHIN_MS) };
  const seen = look === null ? state : withFindings(state, look, now);
  return beginWhenDue(seen, now);
}

function isAnswered(look: Look, now: Instant): boolean {
  if (now >= plus(look.at, LOOK_WITHIN_MS)) return true;
  return look.isSeen && look.verifying.size === 0;
}
type Look = NonNullable<ReadinessState["look"]>;

/** Early for what is 15 minutes away, late for what is 60 s away; whoever comes to know it later looks at once. */
function beginWhenDue(state: AgentState, now: Instant): ReadinessStep {
  const { looked, found } = state.readiness;
  let lookAgainAt: Instant | null = null;
  const due: { one: Occurrence; stage: ReadyStage }[] = [];
  for (const one of state.agenda.occurrences) {
    if (one.at <= now) continue;
    const stage: ReadyStage = now < plus(one.at, -LEAD_MS.late) ? "early" : "late";
    const at = plus(one.at, -LEAD_MS[stage]);
    if (at > now) {
      // The agenda is in the order of its instants: who comes later is looked at later.
      lookAgainAt = sooner(lookAgainAt, at);
      break;
    }
    if (stage === "early") lookAgainAt = sooner(lookAgainAt, plus(one.at, -LEAD_MS.late));
    if (!looked.some((known) => known.id === one.id && known.stage === stage)) due.push({ one, stage });
  }
  const first = due[0];
  if (first === undefined) return { state, effects: [], lookAgainAt };
  const chosen = due.filter(({ stage }) => stage === first.stage).slice(0, MAX_AT_ONCE);
  const verifying = clipsOf(
    state,
    chosen.map(({ one }) => one),
  );
  const look: Look = {
    stage: first.stage,
    at: now,
    occurrences: chosen.map(({ one }) => one.id),
    verifying: new Set(verifying),
    isSeen: state.amplifier.capabilities === null,
  };
  const current = looked.filter(({ id }) =>
    state.agenda.occurrences.some((one) => one.id === id && one.at > now),
  );
  const marked = chosen.map(({ one, stage }) => ({ id: one.id, stage }));
  const readiness: ReadinessState = { look, looked: [...current, ...marked], found };
  const effects: Effect[] = [
    { kind: "look-now" },
    ...verifying.map((sha256): Effect => ({ kind: "verify", sha256 })),
  ];
  return { state: { ...state, readiness }, effects, lookAgainAt: plus(now, LOOK_WITHIN_MS) };
}

function clipsOf({ content }: AgentState, occurrences: readonly Occurrence[]): readonly Sha256[] {
  const all = occurrences.flatMap(({ items }) => items.map(clipOf)).filter((one) => one !== null);
  return [...new Set(all)].filter((sha256) => content.present.has(sha256));
}

function withFindings(state: AgentState, look: Look, now: Instant): AgentState {
  const found = look.occurrences.flatMap((id): ReadyFinding[] => {
    const occurrence = state.agenda.occurrences.find((one) => one.id === id);
    if (occurrence === undefined) return [];
    return [
      { id, dueAt: occurrence.at, stage: look.stage, at: now, lacks: readinessOf(state, occurrence, now) },
    ];
  });
  return { ...state, readiness: { ...state.readiness, look: null, found } };
}

/** What the devices and the disk answer to a look. */
export function afterAnswer(state: AgentState, event: AgentEvent, moment: Moment): AgentState {
  const { look } = state.readiness;
  if (look === null) return state;
  const next = answered(state, look, event, moment);
  return next === look ? state : { ...state, readiness: { ...state.readiness, look: next } };
}

function answered(state: AgentState, look: Look, event: AgentEvent, moment: Moment): Look {
  switch (event.kind) {
    case "device-values":
    case "device-unreachable": {
      const device = state.devices.known.get(event.device);
      // One silence may be noise: the driver tries again at once, and so long the look waits.
      const isNoise = device?.trouble != null && device.trouble.times < SILENCES_FOR_FAULT;
      const isAmplifier = device?.isAmplifier === true && !isNoise;
      return isAmplifier && !look.isSeen && toWall(moment, event.at) >= look.at
        ? { ...look, isSeen: true }
        : look;
    }
    case "fetched":
    case "fetch-failed": {
      if (!look.verifying.has(event.sha256)) return look;
      const verifying = new Set(look.verifying);
      verifying.delete(event.sha256);
      return { ...look, verifying };
    }
    default:
      return look;
  }
}

/**
 * What stands in the way of this occurrence, as far as the box can know at `now`. Empty: it will be heard. The order
 * is the order in which it is worth mending.
 */
export function readinessOf(
  state: AgentState,
  occurrence: Occurrence | null,
  now: Instant,
): readonly Cause[] {
  const found: Cause[] = [];
  if (state.time.trust === "untrusted") found.push("clock-untrusted");
  const items = occurrence?.items ?? [];
  // Without a plan nothing is there that could be played.
  const hasNothing = occurrence === null && state.memory.plan === null;
  if (hasNothing || items.some((item) => isMissing(item, state.content))) found.push("content-missing");
  if (items.some((item) => isUnnamed(item, state.memory.plan))) found.push("relay-failed");
  found.push(...amplifierLacks(state));
  found.push(...lineLacks(state, now));
  found.push(...powerLacks(state));
  if (state.playout.isSinkBroken) found.push("sink-failed");
  if (state.health.diskRetryAt !== null || state.health.faults.has("disk-full")) found.push("disk-full");
  found.push(...testLacks(state, now));
  return [...new Set(found)];
}

function amplifierLacks({ amplifier, sequences }: AgentState): readonly Cause[] {
  const { capabilities, trouble, refusals } = amplifier;
  const found: Cause[] = [];
  if (trouble !== null && (trouble.times >= SILENCES_FOR_FAULT || capabilities === null))
    found.push(trouble.cause);
  else if (capabilities === null) found.push("amplifier-unreachable");
  // Who does not answer does not obey either: that is one reason, not two.
  if (refusals >= REFUSALS_FOR_FAULT && found.length === 0) found.push("amplifier-refused");
  const asked = sequenceTrouble(sequences);
  if (asked !== null) found.push(asked);
  return found;
}

/** The line as the flags of its devices have it, and as the last sound left it. */
function lineLacks({ amplifier, devices, lastSilence }: AgentState, now: Instant): readonly Cause[] {
  const isUp = (point: "open" | "short") => valueNow(amplifier, `speakerLine.${point}`, now) === 1;
  const found: Cause[] = [];
  if (isUp("short") || valueNow(amplifier, "amplifier.fault.short", now) === 1) found.push("line-short");
  if (isUp("open")) found.push("line-open");
  if (valueNow(amplifier, "amplifier.fault.thermal", now) === 1) found.push("amplifier-thermal");
  for (const { fault } of devices.alarms) {
    if (fault === "line-open" || fault === "line-short" || fault === "amplifier-thermal") found.push(fault);
    if (fault === "amplifier-short") found.push("line-short");
  }
  if (lastSilence !== null) found.push(lastSilence.cause);
  return found;
}

/** A full battery carries a session without mains; without one, or with one that is low, nothing does. */
function powerLacks({ amplifier, devices }: AgentState): readonly Cause[] {
  const { actual } = amplifier;
  const isOff = actual["mains.present"]?.value === 0 || actual["battery.onBattery"]?.value === 1;
  const isLow =
    actual["battery.low"]?.value === 1 || devices.alarms.some(({ fault }) => fault === "battery-low");
  if (isLow) return ["battery-low"];
  const hasBattery = hasReading(actual, batteryPoints) && actual["battery.missing"]?.value !== 1;
  return isOff && !hasBattery ? ["mains-lost"] : [];
}

const batteryPoints = ["battery.voltage", "battery.soc", "battery.onBattery", "battery.low"] as const;

function hasReading(
  actual: AgentState["amplifier"]["actual"],
  points: readonly (typeof batteryPoints)[number][],
): boolean {
  return points.some((point) => actual[point] !== undefined && actual[point].value !== null);
}

function testLacks({ memory }: AgentState, now: Instant): readonly Cause[] {
  const { last, doneAt } = memory.selfTest;
  if (last?.outcome === "failed") return ["self-test-failed"];
  // A box that has had no night of its own yet is not late.
  const since = doneAt ?? memory.ownsFrom;
  return since !== null && now - since > STALE_AFTER_MS ? ["self-test-stale"] : [];
}
