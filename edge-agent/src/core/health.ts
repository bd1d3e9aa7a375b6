import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { type FaultKind, faultKind } from "@loa/shared/device/fault.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { nextOccurrence } from "./air.ts";
import { isMissing } from "./air-source.ts";
import { REFUSALS_FOR_FAULT, SILENCES_FOR_FAULT } from "./amplifier.ts";
import { WRONG_CLOCK_MS } from "./box-time.ts";
import { silentBeside } from "./devices.ts";
import { afterLook, type Condition, type Conditions, conditionOf, withCondition } from "./faults.ts";
import type { Moment } from "./moment.ts";
import { selfTestFaults } from "./self-test.ts";
import type { AgentState, Health } from "./state.ts";
import { faultsOf } from "./troubles.ts";

export const HEALTHY: Health = {
  faults: new Map(),
  turning: new Map(),
  freeDiskBytes: null,
  diskRetryAt: null,
  planRefused: false,
  rosterRefused: false,
  areWordsWhole: true,
  blindness: "power-cut",
};

/** Below this the next bulletin may not fit any more; a little more must be free before that is over. */
const LOW_DISK_BYTES = 50 * 1024 * 1024;
const ENOUGH_DISK_BYTES = 60 * 1024 * 1024;
const SILENT_AFTER_MS = 4 * SECOND_MS;

/** The faults that stand now, each with the instant since when and what raised it. */
export function withFaults(state: AgentState, moment: Moment): AgentState {
  const health = afterLook(state.health, conditionsOf(state, moment), moment);
  return health === state.health ? state : { ...state, health };
}

/** Whether anything of which a fault is made differs from what the step before has looked at, or turns with time. */
export function mayHaveTurned(before: AgentState, after: AgentState): boolean {
  const { amplifier, content, health, playout } = after;
  const isStill =
    before.health === health &&
    before.devices === after.devices &&
    before.time === after.time &&
    before.content === content &&
    before.silence === after.silence &&
    before.memory.selfTest === after.memory.selfTest &&
    before.playout.isSinkBroken === playout.isSinkBroken &&
    before.playout.troubles === playout.troubles &&
    before.amplifier.trouble === amplifier.trouble &&
    before.amplifier.refusals === amplifier.refusals &&
    before.amplifier.silentSince === amplifier.silentSince;
  return !isStill || health.turning.size > 0 || amplifier.silentSince !== null || content.failures > 0;
}

function conditionsOf(state: AgentState, { now }: Moment): Conditions {
  const { devices, health, playout, time } = state;
  const found = new Map<FaultKind, Condition>();
  addAmplifier(found, state, now);
  for (const alarm of devices.alarms) withCondition(found, alarm.fault, conditionOf(alarm));
  const [silent] = silentBeside(devices);
  if (silent !== undefined) withCondition(found, "device-unreachable", { since: silent.since });
  for (const { kind, since } of selfTestFaults(state.memory.selfTest)) withCondition(found, kind, { since });
  if (time.trust === "untrusted") withCondition(found, "clock-untrusted");
  else if (Math.abs(time.systemErrorMs) > WRONG_CLOCK_MS) withCondition(found, "clock-wrong");
  if (isDiskLow(health) || health.diskRetryAt !== null || state.content.lastFailure === "disk-full")
    withCondition(found, "disk-full");
  if (playout.isSinkBroken) withCondition(found, "sink-failed");
  if (playout.troubles.length > 0)
    for (const [kind, since] of faultsOf(playout.troubles)) withCondition(found, kind, { since });
  if (health.planRefused) withCondition(found, "plan-refused");
  if (state.silence.until !== null) withCondition(found, "silenced-locally");
  if (health.rosterRefused) withCondition(found, "roster-refused");
  if (!health.areWordsWhole) withCondition(found, "words-missing");
  if (state.content.failures >= 2 && isContentMissing(state, nextOccurrence(state, now)))
    withCondition(found, "content-missing");
  return found;
}

function addAmplifier(found: Map<FaultKind, Condition>, { amplifier }: AgentState, now: Instant): void {
  const { trouble, silentSince, silentCause } = amplifier;
  if (trouble !== null && trouble.times >= SILENCES_FOR_FAULT)
    withCondition(found, trouble.cause, { since: trouble.since });
  if (amplifier.refusals >= REFUSALS_FOR_FAULT) withCondition(found, "amplifier-refused");
  if (silentSince === null || now - silentSince < SILENT_AFTER_MS) return;
  // What the silence is blamed on is the fault, where it is one.
  const known = faultKind.safeParse(silentCause);
  withCondition(found, known.success ? known.data : "amplifier-silent", { since: silentSince });
}

function isDiskLow({ freeDiskBytes, faults }: Health): boolean {
  const limit = faults.has("disk-full") ? ENOUGH_DISK_BYTES : LOW_DISK_BYTES;
  return freeDiskBytes !== null && freeDiskBytes < limit;
}

function isContentMissing(state: AgentState, next: Occurrence | null): boolean {
  if (state.memory.plan !== null && next === null) return false;
  return next?.items.some((item) => isMissing(item, state.content)) ?? true;
}
