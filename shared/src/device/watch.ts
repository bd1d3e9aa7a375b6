import type { Capability } from "./capability.ts";
import type { Profile, ProfilePoint } from "./profile.ts";

/**
 * Points that are faults, and contacts with which somebody at the box asks for something: somebody must know within
 * seconds, also while nothing sounds. They are looked at between idle rounds, and only what changed is told.
 */
const faultPoint =
  /^(amplifier\.fault\..+|speakerLine\.(fault|open|short)|mains\.present|battery\.(onBattery|low|missing)|psu\.fault\..+|cabinet\.(door|tamper|button|silence)|contact\.[1-8])$/;

/** Only of the fast class: the author of the profile says what cannot wait. */
export function isWatched({ capability, poll, alarm, kind }: ProfilePoint): boolean {
  return kind !== "command" && poll === "fast" && (alarm !== undefined || faultPoint.test(capability));
}

export function watchedOf({ points }: Pick<Profile, "points">): ReadonlySet<Capability> {
  return new Set([...points].filter(isWatched).map(({ capability }) => capability));
}
