import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { checkProfile } from "@loa/shared/device/check-profile.ts";
import { checkKeyOrder } from "@loa/shared/device/key-order.ts";
import { isModbus, type Profile, schemaFor, transportKinds } from "@loa/shared/device/profile.ts";
import type { ProfileComplaint } from "@loa/shared/device/profile-complaint.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { checkShape } from "@loa/shared/device/schema-advice.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { readYaml } from "./yaml-text.ts";

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
  const kind = read.value.at(["transport", "kind"]);
  const unknown = checkKind(kind);
  if (unknown.length > 0) return say(unknown);
  const schema = schemaFor(kind);
  const parsed = checkShape(schema, plain);
  if (!parsed.ok) return say(parsed.complaints);

  const complaints = [
    ...checkName(parsed.value, fileName),
    ...checkKeyOrder(schema, plain),
    ...checkProfile(parsed.value),
  ];
  return complaints.length === 0 ? ok(parsed.value) : say(complaints);
}

/** Which keys are right depends on it, so nothing else is said of a file whose kind nobody knows. */
function checkKind(kind: unknown): readonly ProfileComplaint[] {
  if (kind === undefined || transportKinds.some((known) => known === kind)) return [];
  const message = `\`${kind}\` is not possible: take one of ${transportKinds.join(", ")}`;
  return [{ path: ["transport", "kind"], message }];
}

function checkName(profile: Profile, fileName: string): readonly ProfileComplaint[] {
  if (fileName === `${profile.id}.yaml`) return [];
  return [
    { path: ["id"], message: `the file must be called ${profile.id}.yaml: rename it or change the id` },
  ];
}
