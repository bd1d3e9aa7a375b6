import { type Cause, drawsCurrent, isLoudAt } from "@loa/shared/broadcast/receipt.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { valueNow } from "./amplifier.ts";
import { readAtOf } from "./readings.ts";
import type { AgentState, AmplifierState, DeviceAlarm } from "./state.ts";

/** What the devices measure behind the mixer, none of it older than asked for. Null: not measured, or not readable. */
export interface Measured {
  readonly levelDb: number | null;
  readonly meterPercent: number | null;
  readonly currentA: number | null;
}

/** Points that measure what comes out. */
const MEASURES = [
  "amplifier.level",
  "amplifier.meter",
  "speakerLine.current",
] as const satisfies readonly Capability[];

/** Whether any device of this cabinet measures what comes out, readable at the moment or not. */
export function hasMeter({ owners }: AgentState["devices"]): boolean {
  return MEASURES.some((point) => owners.has(point));
}

export function measuredNow(amplifier: AmplifierState, now: Instant, withinMs: number): Measured {
  return {
    levelDb: valueNow(amplifier, "amplifier.level", now, withinMs),
    meterPercent: valueNow(amplifier, "amplifier.meter", now, withinMs),
    currentA: valueNow(amplifier, "speakerLine.current", now, withinMs),
  };
}

/** When what comes out was measured last, with a valid value; null: not since `since`. */
export function measuredAt(amplifier: AmplifierState, since: Instant): Instant | null {
  let latest: Instant | null = null;
  for (const point of MEASURES) {
    const at = readAtOf(amplifier, point);
    if (at === null || amplifier.actual[point]?.value === null || at < since) continue;
    if (latest === null || at > latest) latest = at;
  }
  return latest;
}

/** Between this and what was asked for lies the whole of a voice's range, dB. */
const TURNED_DOWN_DB = 20;
/** Two measurements speak of the same moment when they were taken no further apart than this. */
const SAME_MOMENT_MS = 1_200;

/**
 * What stands between a mixer of `mixerDb` and the ear, as the measurements and flags of the last `withinMs` say; null:
 * nothing that they show. Level and current must agree: a loud level without a current is a line without loudspeakers.
 * `unclear`: the two were read so far apart that a pause of the speaker would explain it.
 */
export function silenceBehind(
  { amplifier, devices }: Pick<AgentState, "amplifier" | "devices">,
  mixerDb: number,
  now: Instant,
  withinMs: number,
): Cause | "unclear" | null {
  const flag = flagUp(amplifier, now, withinMs);
  const blame = flag?.cause ?? alarmCauseIn(devices, amplifier);
  if (blame === "line-short") return blame;
  const { levelDb, meterPercent, currentA } = measuredNow(amplifier, now, withinMs);
  const isLoud = isLoudAt(levelDb, meterPercent);
  if (isLoud === false)
    return blame ?? (isTurnedDown(amplifier, now) ? "amplifier-refused" : "amplifier-silent");
  if (currentA === null) {
    if (blame === "line-open") return blame;
    if (isLoud !== null) return null;
    // Nobody measures: a protection that says it has shut off is believed, and so is a gain that says it is down.
    if (flag?.isShutOff === true) return flag.cause;
    return isTurnedDown(amplifier, now) ? "amplifier-refused" : null;
  }
  const gainDb = valueNow(amplifier, "amplifier.gain", now) ?? 0;
  const draws = drawsCurrent(levelDb ?? mixerDb + gainDb, currentA);
  // Too quiet for the current to tell: the line's own flag does.
  if (draws === null) return blame === "line-open" ? blame : null;
  if (draws) return null;
  if (isLoud === null) return blame ?? "amplifier-silent";
  return areOfOneMoment(amplifier) ? "line-open" : "unclear";
}

function areOfOneMoment(amplifier: AmplifierState): boolean {
  const levelAt = readAtOf(amplifier, "amplifier.level") ?? readAtOf(amplifier, "amplifier.meter");
  const currentAt = readAtOf(amplifier, "speakerLine.current");
  return levelAt !== null && currentAt !== null && Math.abs(levelAt - currentAt) <= SAME_MOMENT_MS;
}

/** When the slowest measurement was taken that a silence is read from; null: nobody measures. */
export function shownAt(amplifier: AmplifierState): Instant | null {
  return (
    readAtOf(amplifier, "speakerLine.current") ??
    readAtOf(amplifier, "amplifier.level") ??
    readAtOf(amplifier, "amplifier.meter")
  );
}

/** Whether it reads back so much less gain than was asked for that nobody would call it played. */
function isTurnedDown(amplifier: AmplifierState, now: Instant): boolean {
  const gainDb = valueNow(amplifier, "amplifier.gain", now);
  const { wantedGainDb } = amplifier;
  return gainDb !== null && wantedGainDb !== null && gainDb < wantedGainDb - TURNED_DOWN_DB;
}

interface Flag {
  readonly point: Capability;
  /** What a silence is called while it is up. */
  readonly cause: Cause;
  /** Up means that nothing comes out any more; else it may only be held back. */
  readonly isShutOff: boolean;
}

/** Flags of the amplifier and of its line. The first that is up is the cause. */
const flags: readonly Flag[] = [
  { point: "amplifier.fault.short", cause: "line-short", isShutOff: true },
  { point: "speakerLine.short", cause: "line-short", isShutOff: true },
  { point: "amplifier.fault.thermal", cause: "amplifier-thermal", isShutOff: true },
  { point: "speakerLine.open", cause: "line-open", isShutOff: true },
  { point: "amplifier.fault.protection", cause: "amplifier-overload", isShutOff: true },
  { point: "amplifier.fault.overload", cause: "amplifier-overload", isShutOff: false },
];

function flagUp(amplifier: AmplifierState, now: Instant, withinMs: number): Flag | null {
  for (const flag of flags) if (valueNow(amplifier, flag.point, now, withinMs) === 1) return flag;
  return null;
}

/** Alarms of other points that explain a silence the same way: an impedance beyond its limit is an open line. */
const alarmCauses: Readonly<Partial<Record<DeviceAlarm["fault"], Cause>>> = {
  "line-short": "line-short",
  "amplifier-short": "line-short",
  "amplifier-thermal": "amplifier-thermal",
  "line-open": "line-open",
};

function alarmCauseIn(devices: AgentState["devices"], amplifier: AmplifierState): Cause | null {
  for (const alarm of devices.alarms) {
    const cause = alarmCauses[alarm.fault];
    if (cause !== undefined && !isOver(alarm, devices, amplifier)) return cause;
  }
  return null;
}

/** A protection that has shut off tries again every second or so, and its flag is down while it tries. */
const WELL_FOR_MS = 3 * SECOND_MS;

/**
 * An alarm stands on for its clearing time after its point reads well again: what sounds then is not lost. Nobody but its
 * own device tells so, whoever else has such a point.
 */
function isOver(
  { device, capability, wellSince }: DeviceAlarm,
  { owners }: AgentState["devices"],
  amplifier: AmplifierState,
): boolean {
  const readAt = readAtOf(amplifier, capability);
  if (owners.get(capability) !== device || wellSince === null || readAt === null) return false;
  return readAt - wellSince >= WELL_FOR_MS;
}

/** Why an amplifier that does not answer, or is off, is so: without power nobody answers. */
export function powerLoss({ actual }: AmplifierState): Cause | null {
  // What the amplifier itself said is forgotten with its silence: this is the word of a device beside it.
  if (actual["battery.low"]?.value === 1 && actual["mains.present"]?.value === 0) return "battery-low";
  return actual["mains.present"]?.value === 0 ? "mains-lost" : null;
}
