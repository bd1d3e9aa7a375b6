import type { AgentEvent } from "@loa/edge-agent/core/event.ts";
import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import { deviceAlias, ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";

/** What devices may report in any order, out of a few drawn numbers. */
export interface DeviceHappening {
  readonly how: number;
  readonly isBeside: boolean;
  readonly isGood: boolean;
  readonly pick: number;
}

/** A small amplifier with a power switch, one zone and a meter. */
export function amplifierEvent(how: number, mono: MonotonicMs): AgentEvent {
  if (how === 0)
    return {
      kind: "device-identified",
      device: ONLY_DEVICE,
      sequences: [],
      capabilities: ["amplifier.power", "zone.1", "amplifier.level"],
    };
  if (how === 1) return { kind: "device-unreachable", device: ONLY_DEVICE, at: mono, reason: "timeout" };
  if (how === 2)
    return {
      kind: "device-written",
      device: ONLY_DEVICE,
      at: mono,
      capability: "amplifier.power",
      value: 1,
      readBack: 0,
      outcome: "not-verified",
    };
  return {
    kind: "device-values",
    device: ONLY_DEVICE,
    at: mono,
    values: [{ capability: "amplifier.power", quality: "good", value: how - 3 }],
  };
}

const meter = deviceAlias.parse("meter");
const points = [
  "amplifier.power",
  "amplifier.mute",
  "amplifier.gain",
  "zone.1",
  "amplifier.level",
  "speakerLine.current",
  "speakerLine.short",
  "mains.present",
] as const satisfies readonly Capability[];
const sequenceNames = ["wake", "arm", "play", "end", "quiet-test"] as const;

/** A larger one, and a meter beside it. */
export function deviceEvent(one: DeviceHappening, mono: MonotonicMs): AgentEvent {
  const { how, isGood, pick } = one;
  const device = one.isBeside ? meter : ONLY_DEVICE;
  const capability = points[pick % points.length] ?? "amplifier.power";
  const value = isGood ? 1 : 0;
  const sequence = sequenceNames[pick % sequenceNames.length] ?? "wake";
  if (how === 0)
    return {
      kind: "device-identified",
      device,
      sequences: pick % 3 === 0 ? sequenceNames : [],
      capabilities: one.isBeside ? ["speakerLine.current", "mains.present"] : points,
    };
  if (how === 1)
    return { kind: "device-unreachable", device, at: mono, reason: isGood ? "timeout" : "wrong-identity" };
  if (how === 2)
    return {
      kind: "device-ran",
      device,
      at: mono,
      sequence,
      outcome: isGood ? "done" : "not-as-expected",
      step: 1,
    };
  if (how === 3)
    return {
      kind: "device-alarm",
      device,
      at: mono,
      capability,
      fault: pick % 2 === 0 ? "line-open" : "cabinet-hot",
      severity: "warning",
      isRaised: isGood,
      value: pick,
      threshold: null,
    };
  if (how === 4) return { kind: "device-lease-ended", device, at: mono, capability };
  if (how === 5) {
    const outcome = isGood ? "verified" : "not-verified";
    return { kind: "device-written", device, at: mono, capability, value: 1, readBack: value, outcome };
  }
  const values = points.map((point, index): PointValue => {
    if ((pick >> (index % 4)) % 2 === 0 && !isGood) return { capability: point, quality: "invalid" };
    return { capability: point, quality: "good", value: point === "amplifier.level" ? -pick * 5 : value };
  });
  return { kind: "device-values", device, at: mono, values };
}
