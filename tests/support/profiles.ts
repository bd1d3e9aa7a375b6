import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadModbusProfile, loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";

export const profileFolder = join(import.meta.dirname, "../../hardware-profiles");

/** Ids of all files of the folder. */
export const profileIds: readonly string[] = readdirSync(profileFolder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.replace(/\.yaml$/, ""));

/** A profile of the folder; throws with what is wrong about it. */
export function anyShippedProfile(id: string): Profile {
  const loaded = loadProfile(join(profileFolder, `${id}.yaml`));
  if (!loaded.ok) throw new Error(loaded.error.join("\n"));
  return loaded.value;
}

/** The same for those that speak Modbus. */
export function shippedProfile(id: string): ModbusProfile {
  const loaded = loadModbusProfile(join(profileFolder, `${id}.yaml`));
  if (!loaded.ok) throw new Error(loaded.error.join("\n"));
  return loaded.value;
}

/** The reference amplifier, quicker to give up, for tests in real time. */
export function hastyProfile(): ModbusProfile {
  const profile = shippedProfile("loa-reference-amplifier");
  return { ...profile, timing: { ...profile.timing, responseMs: 80, quarantineMs: 160, retries: 1 } };
}
