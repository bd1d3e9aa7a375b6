import type { Capability } from "@loa/shared/device/capability.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import { isAmplifier } from "@loa/shared/device/wiring.ts";
import type { AmplifierSetup, Setup } from "../core/setup.ts";
import type { LeftOut } from "./left-out.ts";

/** One device of the cabinet, its profile as it is wired here (`boundProfile`). */
export interface BoundDevice {
  readonly alias: DeviceAlias;
  readonly profile: Profile;
}

/** What the core is told of the devices before any of them has answered. */
export function deviceSetup(
  devices: readonly BoundDevice[],
  leftOut: readonly LeftOut[] = [],
): Pick<Setup, "amplifier" | "devices" | "deadbands"> {
  return {
    amplifier: amplifierSetup(devices.map(({ profile }) => profile).filter(isAmplifier)),
    devices: [
      ...devices.map(({ alias, profile }) => ({
        alias,
        profile: profile.id,
        isAmplifier: isAmplifier(profile),
      })),
      ...leftOut.map(({ alias, profile, isAmplifier }) => ({ alias, profile, isAmplifier })),
    ],
    deadbands: deadbandsOf(devices),
  };
}

/** Several that are one amplifier together: as slow as the slowest, and a gain that all of them can take. */
function amplifierSetup(profiles: readonly Profile[]): AmplifierSetup {
  const gains = profiles.flatMap(({ gain }) => gain ?? []);
  return {
    profile: profiles[0]?.id ?? "none",
    warmUpMs: Math.max(0, ...profiles.map(({ warmUpMs }) => warmUpMs)),
    holdMs: Math.max(0, ...profiles.map(({ holdMs }) => holdMs)),
    gain:
      gains.length === 0
        ? null
        : {
            minDb: Math.max(...gains.map(({ minDb }) => minDb)),
            maxDb: Math.min(...gains.map(({ maxDb }) => maxDb)),
          },
  };
}

/** Where two devices measure the same, the finer one counts. */
function deadbandsOf(devices: readonly BoundDevice[]): Setup["deadbands"] {
  const deadbands: Partial<Record<Capability, number>> = {};
  for (const { profile } of devices)
    for (const { capability, deadband } of profile.points)
      deadbands[capability] = Math.min(deadband, deadbands[capability] ?? deadband);
  return deadbands;
}
