import { join } from "node:path";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import type { Profile } from "@loa/shared/device/profile.ts";

export const profileFolder = join(import.meta.dirname, "../../hardware-profiles");

/** A profile of the folder; throws with what is wrong about it. */
export function shippedProfile(id: string): Profile {
  const loaded = loadProfile(join(profileFolder, `${id}.yaml`));
  if (!loaded.ok) throw new Error(loaded.error.join("\n"));
  return loaded.value;
}

/** The reference amplifier, quicker to give up, for tests in real time. */
export function hastyProfile(): Profile {
  const profile = shippedProfile("loa-reference-amplifier");
  return { ...profile, timing: { ...profile.timing, responseMs: 80, quarantineMs: 160, retries: 1 } };
}
