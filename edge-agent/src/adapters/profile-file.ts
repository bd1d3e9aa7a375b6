import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { checkProfile } from "@loa/shared/device/check-profile.ts";
import { checkKeyOrder } from "@loa/shared/device/key-order.ts";
import { isModbus, type Profile, schemaFor } from "@loa/shared/device/profile.ts";
import type { ProfileComplaint } from "@loa/shared/device/profile-complaint.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { asKey, readYaml } from "./yaml-text.ts";

/** A profile is written by hand: more than this is another file by mistake. */
const MAX_FILE_BYTES = 256 * 1_024;

/** Sentences like `amp.yaml:31: points[2].address: zone.1: register … overlaps …`. */
export type ProfileProblems = readonly string[];

export function loadProfile(path: string): Result<Profile, ProfileProblems> {
  let text: string;
  try {
    if (statSync(path).size > MAX_FILE_BYTES)
      return fail([`${path}: larger than ${MAX_FILE_BYTES} bytes: this is not a profile`]);
    text = readFileSync(path, "utf8");
  } catch {
    return fail([`${path}: cannot be read: check the path and the rights`]);
  }
  return parseProfile(text, basename(path));
}

/** For whoever drives Modbus only. */
export function loadModbusProfile(path: string): Result<ModbusProfile, ProfileProblems> {
  const loaded = loadProfile(path);
  if (!loaded.ok) return loaded;
  if (isModbus(loaded.value)) return ok(loaded.value);
  return fail([
    `${path}: speaks ${loaded.value.transport.kind}: a profile with modbus-rtu or modbus-tcp is needed`,
  ]);
}

/** YAML 1.2 → schema → lint. The id must be the file's name, so that a fault on the page leads to the file. */
export function parseProfile(text: string, fileName: string): Result<Profile, ProfileProblems> {
  const read = readYaml(text, fileName);
  if (!read.ok) return read;
  const { plain, say } = read.value;
  const schema = schemaFor(read.value.at(["transport", "kind"]));
  const parsed = schema.safeParse(plain);
  if (!parsed.success)
    return say(parsed.error.issues.map((issue) => ({ path: issue.path.map(asKey), message: issue.message })));

  const complaints = [
    ...checkName(parsed.data, fileName),
    ...checkKeyOrder(schema, plain),
    ...checkProfile(parsed.data),
  ];
  return complaints.length === 0 ? ok(parsed.data) : say(complaints);
}

function checkName(profile: Profile, fileName: string): readonly ProfileComplaint[] {
  if (fileName === `${profile.id}.yaml`) return [];
  return [
    { path: ["id"], message: `the file must be called ${profile.id}.yaml: rename it or change the id` },
  ];
}
