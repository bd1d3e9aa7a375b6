import type { Capability } from "@loa/shared/device/capability.ts";
import { kindOf, type Profile } from "@loa/shared/device/profile.ts";

/** What the physics wants to know of a profile, looked up once. */
export interface DeviceTraits {
  readonly capabilities: readonly Capability[];
  /** Readings that a broken sensor takes away. */
  readonly gauges: ReadonlySet<Capability>;
  readonly zones: readonly Capability[];
  /** Without a power switch it is always on. */
  readonly hasPower: boolean;
  readonly hasVolume: boolean;
  /** Else its overload lamp is also the one for clipping. */
  readonly hasClip: boolean;
  /** Else its overload lamp is also the one for a short. */
  readonly hasShort: boolean;
  readonly hasBattery: boolean;
  /** It counts what it uses, so it never shows the same for long. */
  readonly hasCounter: boolean;
  /** Switches its outputs off when nobody has asked for so long, ms. */
  readonly watchdogMs: number | null;
}

const tellsShort: ReadonlySet<Capability> = new Set([
  "amplifier.fault.short",
  "amplifier.fault.protection",
  "speakerLine.short",
  "speakerLine.fault",
]);

export function traitsOf(profile: Profile): DeviceTraits {
  const { points } = profile;
  const capabilities = points.map((point) => point.capability);
  const agentLoss = "agentLoss" in profile ? profile.agentLoss : undefined;
  return {
    capabilities,
    gauges: new Set(points.filter((point) => kindOf(point) === "gauge").map((point) => point.capability)),
    zones: capabilities.filter((capability) => capability.startsWith("zone.")),
    hasPower: capabilities.includes("amplifier.power"),
    hasVolume: capabilities.includes("amplifier.volume"),
    hasClip: capabilities.includes("amplifier.clip"),
    hasShort: capabilities.some((capability) => tellsShort.has(capability)),
    hasBattery: capabilities.some((capability) => capability.startsWith("battery.")),
    hasCounter: capabilities.includes("mains.energy") || capabilities.includes("load.energy"),
    watchdogMs: agentLoss?.kind === "watchdog" ? agentLoss.timeoutMs : null,
  };
}

export function isRelay(capability: Capability): boolean {
  return (
    capability === "amplifier.power" || capability.startsWith("zone.") || capability.startsWith("relay.")
  );
}
