import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { nextOccurrence } from "./air.ts";
import { isMissing } from "./air-source.ts";
import { REFUSALS_FOR_FAULT, SILENCES_FOR_FAULT, valueNow } from "./amplifier.ts";
import { WRONG_CLOCK_MS } from "./box-time.ts";
import type { Moment } from "./moment.ts";
import type { AgentState, Health } from "./state.ts";
import { faultsOf } from "./troubles.ts";

export const HEALTHY: Health = {
  faults: new Map(),
  freeDiskBytes: null,
  diskRetryAt: null,
  planRefused: false,
  blindness: "power-cut",
};

/** Below this the next bulletin may not fit any more. */
const LOW_DISK_BYTES = 50 * 1024 * 1024;
const SILENT_AFTER_MS = 4 * SECOND_MS;

/** Points of the amplifier that name a fault by themselves, and the value that raises it. */
const faultPoints: readonly (readonly [Capability, number, FaultKind])[] = [
  ["amplifier.fault.overload", 1, "amplifier-overload"],
  ["amplifier.fault.thermal", 1, "amplifier-thermal"],
  ["amplifier.fault.short", 1, "amplifier-short"],
  ["speakerLine.open", 1, "line-open"],
  ["mains.present", 0, "mains-lost"],
  ["cabinet.door", 1, "cabinet-open"],
];

/** The faults that stand now, each with the instant since when. */
export function withFaults(state: AgentState, moment: Moment): AgentState {
  const standing = standingFaults(state, moment);
  const known = state.health.faults;
  const isSame = standing.length === known.size && standing.every((kind) => known.has(kind));
  if (isSame) return state;
  const sounding = faultsOf(state.playout.troubles);
  const sinceOf = (kind: FaultKind) => known.get(kind) ?? sounding.get(kind) ?? moment.now;
  const faults = new Map(standing.map((kind): [FaultKind, Instant] => [kind, sinceOf(kind)]));
  return { ...state, health: { ...state.health, faults } };
}

function standingFaults(state: AgentState, moment: Moment): readonly FaultKind[] {
  const { amplifier, health, playout, time } = state;
  const { now } = moment;
  const raised: FaultKind[] = [];
  if (amplifier.trouble !== null && amplifier.trouble.times >= SILENCES_FOR_FAULT)
    raised.push(amplifier.trouble.cause);
  if (amplifier.refusals >= REFUSALS_FOR_FAULT) raised.push("amplifier-refused");
  if (amplifier.silentSince !== null && now - amplifier.silentSince >= SILENT_AFTER_MS)
    raised.push("amplifier-silent");
  for (const [point, bad, kind] of faultPoints)
    if (valueNow(amplifier, point, now) === bad) raised.push(kind);
  if (time.trust === "untrusted") raised.push("clock-untrusted");
  else if (Math.abs(time.systemErrorMs) > WRONG_CLOCK_MS) raised.push("clock-wrong");
  const isDiskLow = health.freeDiskBytes !== null && health.freeDiskBytes < LOW_DISK_BYTES;
  if (isDiskLow || health.diskRetryAt !== null || state.content.lastFailure === "disk-full")
    raised.push("disk-full");
  if (playout.isSinkBroken) raised.push("sink-failed");
  if (playout.troubles.length > 0) raised.push(...faultsOf(playout.troubles).keys());
  if (health.planRefused) raised.push("plan-refused");
  if (state.content.failures >= 2 && isContentMissing(state, nextOccurrence(state, now)))
    raised.push("content-missing");
  return raised;
}

/** What stands in the way of the next occurrence. Empty: it will sound, as far as the box can know. */
export function lacks(state: AgentState, next: Occurrence | null): readonly Cause[] {
  const { faults } = state.health;
  const found: Cause[] = [];
  if (state.time.trust === "untrusted") found.push("clock-untrusted");
  if (isContentMissing(state, next)) found.push("content-missing");
  const amplifierCauses = [
    "amplifier-unreachable",
    "amplifier-wrong-identity",
    "amplifier-refused",
    "amplifier-silent",
  ] as const;
  for (const cause of amplifierCauses) if (faults.has(cause)) found.push(cause);
  if (state.amplifier.capabilities === null && !found.some((one) => one.startsWith("amplifier"))) {
    found.push("amplifier-unreachable");
  }
  if (faults.has("sink-failed")) found.push("sink-failed");
  if (faults.has("disk-full")) found.push("disk-full");
  return found;
}

function isContentMissing(state: AgentState, next: Occurrence | null): boolean {
  if (state.memory.plan !== null && next === null) return false;
  return next?.items.some((item) => isMissing(item, state.content)) ?? true;
}
