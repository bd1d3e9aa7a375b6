import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { profile as anyProfile, isGpio, type Profile } from "@loa/shared/device/profile.ts";
import type { ProfileComplaint } from "@loa/shared/device/profile-complaint.ts";
import { checkShape } from "@loa/shared/device/schema-advice.ts";
import { type SiteDevice, siteBinding } from "@loa/shared/device/site-binding.ts";
import { boundProfile, checkMeaning, isAmplifier } from "@loa/shared/device/wiring.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { LeftOut } from "../devices/left-out.ts";
import type { ShelvedDevice } from "../devices/shelf.ts";
import { heldAgainst, loadCanonicalProfile } from "./pinned-profile.ts";
import { loadProfile, type ProfileProblems } from "./profile-file.ts";
import { readYaml } from "./yaml-text.ts";

/** Sixteen devices with their wires are a page. */
const MAX_FILE_BYTES = 64 * 1_024;

export interface Site {
  readonly devices: readonly ShelvedDevice[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * `devices.yaml` of the box: what hangs where in this cabinet. Profiles lie beside it, or in `shelfFolder`. Everything
 * wrong is told with file, line and key, and nothing is driven before all of it is right. Only a pinned profile that is
 * not there any more, as after an upgrade of this program, ends no box in the night: its own device is left out.
 */
export function loadSite(path: string, shelfFolder: string): Result<Site, ProfileProblems> {
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
  const folders = [dirname(path), shelfFolder];
  const devices: ShelvedDevice[] = [];
  const leftOut: LeftOut[] = [];
  const problems: string[] = [];
  const complaints: ProfileComplaint[] = [];
  for (const [index, device] of parsed.value.devices.entries()) {
    const profile = findProfile(device, folders);
    if (profile.ok) {
      complaints.push(...complaintsAbout(device, profile.value, index));
      devices.push(shelved(device, profile.value));
    } else if (device.sha256 === undefined) problems.push(...profile.error);
    else {
      const said = say([{ path: ["devices", index, "sha256"], message: profile.error.join("; ") }]);
      leftOut.push(left(device, folders, said.error.join("\n")));
    }
  }
  if (problems.length > 0) return fail(problems);
  complaints.push(...checkSharing(devices));
  return complaints.length > 0 ? say(complaints) : ok({ devices, leftOut });
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
): Result<Profile, ProfileProblems> {
  const canonical = sha256 === undefined ? undefined : fileIn(folders, `${profile}.json`);
  if (sha256 !== undefined && canonical !== undefined) {
    const opened = loadCanonicalProfile(canonical, sha256);
    return opened.ok ? opened : fail([opened.error]);
  }
  const found = fileIn(folders, `${profile}.yaml`);
  if (found === undefined) return fail([`${profile}.yaml: not in ${folders.join(" nor in ")}`]);
  const loaded = loadProfile(found);
  if (!loaded.ok || sha256 === undefined) return loaded;
  const held = heldAgainst(loaded.value, sha256);
  return held.ok ? held : fail([held.error]);
}

function fileIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** What nobody can read is taken for the amplifier: rather «missed» too often than «heard» once too often. */
function left(device: SiteDevice, folders: readonly string[], why: string): LeftOut {
  const { alias, profile } = device;
  const alike = alikeOf(device, folders);
  return { alias, profile, isAmplifier: alike === null || isAmplifier(boundProfile(alike, device)), why };
}

/** What lies there under its name, whatever its bytes: to know what kind of device is missing, and for nothing else. */
function alikeOf({ profile }: SiteDevice, folders: readonly string[]): Profile | null {
  for (const ending of ["json", "yaml"]) {
    const path = fileIn(folders, `${profile}.${ending}`);
    const parsed = path === undefined ? null : anyProfile.safeParse(plainOf(path));
    if (parsed?.success === true) return parsed.data;
  }
  return null;
}

/** JSON is YAML too. Whatever is wrong with it has been said by whoever wanted to drive by it. */
function plainOf(path: string): unknown {
  try {
    const read = readYaml(readFileSync(path, "utf8"), basename(path));
    return read.ok ? read.value.plain : null;
  } catch {
    return null;
  }
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
