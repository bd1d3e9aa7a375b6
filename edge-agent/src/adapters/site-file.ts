import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isGpio, type Profile } from "@loa/shared/device/profile.ts";
import type { ProfileComplaint } from "@loa/shared/device/profile-complaint.ts";
import { checkShape } from "@loa/shared/device/schema-advice.ts";
import { type SiteDevice, siteBinding } from "@loa/shared/device/site-binding.ts";
import { boundProfile, checkMeaning } from "@loa/shared/device/wiring.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { ShelvedDevice } from "../devices/shelf.ts";
import { heldAgainst, loadCanonicalProfile } from "./pinned-profile.ts";
import { loadProfile, type ProfileProblems } from "./profile-file.ts";
import { readYaml } from "./yaml-text.ts";

/** Sixteen devices with their wires are a page. */
const MAX_FILE_BYTES = 64 * 1_024;

/**
 * `devices.yaml` of the box: what hangs where in this cabinet. Profiles lie beside it, or in `shelfFolder`. Everything
 * wrong is told with file, line and key, and nothing is driven before all of it is right.
 */
export function loadSite(
  path: string,
  shelfFolder: string,
): Result<readonly ShelvedDevice[], ProfileProblems> {
  const name = basename(path);
  let text: string;
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return fail([`${path}: larger than ${MAX_FILE_BYTES} bytes`]);
    text = readFileSync(path, "utf8");
  } catch {
    return fail([`${path}: cannot be read: check the path and the rights`]);
  }
  const read = readYaml(text, name);
  if (!read.ok) return read;
  const { plain, say } = read.value;
  const parsed = checkShape(siteBinding, plain);
  if (!parsed.ok) return say(parsed.complaints);
  const devices: ShelvedDevice[] = [];
  const problems: string[] = [];
  const complaints: ProfileComplaint[] = [];
  for (const [index, device] of parsed.value.devices.entries()) {
    const refuse = (message: string) => say([{ path: ["devices", index, "sha256"], message }]);
    const profile = findProfile(device, [dirname(path), shelfFolder], refuse);
    if (!profile.ok) problems.push(...profile.error);
    else {
      complaints.push(...complaintsAbout(device, profile.value, index));
      devices.push(shelved(device, profile.value));
    }
  }
  if (problems.length > 0) return fail(problems);
  complaints.push(...checkSharing(devices));
  return complaints.length > 0 ? say(complaints) : ok(devices);
}

function shelved(device: SiteDevice, profile: Profile): ShelvedDevice {
  const { alias, line, unit } = device;
  const bound = boundProfile(profile, device);
  return { alias, line, profile: bound, ...(unit === undefined ? {} : { unit }) };
}

/** A pinned one is taken in its canonical form where that lies there, else as YAML; both only with the promised bytes. */
function findProfile(
  { profile, sha256 }: SiteDevice,
  folders: readonly string[],
  refuse: (message: string) => Result<never, ProfileProblems>,
): Result<Profile, ProfileProblems> {
  const fileWith = (ending: string) =>
    folders.map((folder) => join(folder, `${profile}.${ending}`)).find((path) => existsSync(path));
  const canonical = sha256 === undefined ? undefined : fileWith("json");
  if (sha256 !== undefined && canonical !== undefined) {
    const opened = loadCanonicalProfile(canonical, sha256);
    return opened.ok ? opened : refuse(opened.error);
  }
  const found = fileWith("yaml");
  if (found === undefined) return fail([`${profile}.yaml: not in ${folders.join(" nor in ")}`]);
  const loaded = loadProfile(found);
  if (!loaded.ok || sha256 === undefined) return loaded;
  const held = heldAgainst(loaded.value, sha256);
  return held.ok ? held : refuse(held.error);
}

/** A line has one owner, so all on it speak one language at one speed, each under a unit of its own. */
function checkSharing(devices: readonly ShelvedDevice[]): readonly ProfileComplaint[] {
  return devices.flatMap((device, index) => {
    const other = devices.slice(0, index).find(({ line }) => line === device.line);
    if (other === undefined || isGpio(device.profile)) return [];
    const say = (key: string, message: string) => [{ path: ["devices", index, key], message }];
    if (languageOf(other) !== languageOf(device))
      return say(
        "line",
        `${other.alias} is on this line with ${languageOf(other)}, not ${languageOf(device)}`,
      );
    const twin = devices
      .slice(0, index)
      .find((one) => one.line === device.line && unitOf(one) === unitOf(device));
    return twin === undefined ? [] : say("unit", `${twin.alias} has this unit already: give another`);
  });
}

function languageOf({ profile: { transport } }: ShelvedDevice): string {
  if (!("baud" in transport)) return transport.kind;
  const { kind, baud, parity, stopBits } = transport;
  return `${kind} ${baud} 8${parity[0]}${stopBits}`;
}

function unitOf({ unit, profile: { transport } }: ShelvedDevice): string {
  return `${unit ?? ("unit" in transport ? transport.unit : "")}`;
}

/** Which addresses each language is spoken on. */
const linesOf: Readonly<Record<Profile["transport"]["kind"], RegExp>> = {
  "modbus-rtu": /^(serial|tcp):/,
  "modbus-tcp": /^tcp:/,
  "text-serial": /^(serial|tcp):/,
  "text-tcp": /^tcp:/,
  "text-udp": /^udp:/,
  gpio: /^gpio:/,
};

function complaintsAbout(device: SiteDevice, profile: Profile, index: number): readonly ProfileComplaint[] {
  const at = ["devices", index];
  const complaints: ProfileComplaint[] = [];
  if (profile.draft)
    complaints.push({
      path: [...at, "profile"],
      message: `${profile.id} is a draft, and a draft never drives a real device: finish the profile`,
    });
  const { kind } = profile.transport;
  if (!linesOf[kind].test(device.line))
    complaints.push({ path: [...at, "line"], message: `${profile.id} speaks ${kind}: give another line` });
  for (const { path, message } of checkMeaning(profile, device))
    complaints.push({ path: [...at, ...path], message });
  return complaints;
}
