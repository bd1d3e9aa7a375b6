import type { Cause, Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import type { FaultMoment } from "./fault-moments.ts";

/** What is true of a bulletin under this fault, for the reference amplifier, which measures its level and its line. */
export interface Expected {
  readonly verdicts: readonly Verdict[];
  readonly cause: Cause | null;
  /** What the page must have shown meanwhile; null: nothing in particular. */
  readonly fault: FaultKind | null;
}

const nothing: Expected = { verdicts: ["heard"], cause: null, fault: null };

/** How a fault takes the sound from people, or the proof from us: everything from its first to its last moment. */
const takers = {
  dead: "amplifier-unreachable",
  // It plays, but nobody can know: each answer comes when it is thrown away.
  "late-replies": "amplifier-unreachable",
  silent: "amplifier-silent",
  "line-open": "line-open",
  "line-short": "line-short",
  "over-temperature": "amplifier-thermal",
  "wrong-identity": "amplifier-wrong-identity",
  "other-firmware": "amplifier-wrong-identity",
} as const satisfies Partial<Record<DeviceFault, Cause & FaultKind>>;

/** It is heard all the same, and somebody must come. */
const carried = {
  clipping: "amplifier-clipping",
  "door-open": "cabinet-open",
  "mains-lost": "mains-lost",
} as const satisfies Partial<Record<DeviceFault, FaultKind>>;

export function expectedOf(fault: DeviceFault, moment: FaultMoment): Expected {
  if (isTaker(fault)) return taken(takers[fault], moment);
  if (isCarried(fault)) return isThere(fault, moment) ? { ...nothing, fault: carried[fault] } : nothing;
  switch (fault) {
    case "stuck-relay":
      // It stays where it is: off before the warm-up, on from then.
      return moment === "before"
        ? { verdicts: ["missed"], cause: "amplifier-refused", fault: "amplifier-refused" }
        : nothing;
    case "invalid-value":
      return measuredBy(moment);
    case "crc-noise":
    case "half-frames":
    case "slow":
      // Enough gets through.
      return nothing;
  }
}

export function fits(
  { verdicts, cause, fault }: Expected,
  verdict: string,
  found: string | null,
  shown: readonly string[],
): boolean {
  const isShown = fault === null || shown.includes(fault);
  return verdicts.some((one) => one === verdict) && found === cause && isShown;
}

function taken(cause: (typeof takers)[keyof typeof takers], moment: FaultMoment): Expected {
  switch (moment) {
    case "before":
    case "at the start":
      return { verdicts: ["missed", "partial"], cause, fault: cause };
    case "during":
    case "for a minute":
      return { verdicts: ["partial"], cause, fault: cause };
    case "at the end":
      return { verdicts: ["partial"], cause, fault: null };
    case "cleared before":
    case "begun after":
      return nothing;
  }
}

/** Only what is loud can clip. */
function isThere(fault: keyof typeof carried, moment: FaultMoment): boolean {
  return fault !== "clipping" || (moment !== "cleared before" && moment !== "begun after");
}

/** Meters without a value: power was read back and nobody measured, unless they had measured before. */
function measuredBy(moment: FaultMoment): Expected {
  switch (moment) {
    case "before":
    case "at the start":
      return { ...nothing, verdicts: ["played"] };
    default:
      return { ...nothing, verdicts: ["heard", "played"] };
  }
}

function isTaker(fault: DeviceFault): fault is keyof typeof takers {
  return Object.hasOwn(takers, fault);
}

function isCarried(fault: DeviceFault): fault is keyof typeof carried {
  return Object.hasOwn(carried, fault);
}
