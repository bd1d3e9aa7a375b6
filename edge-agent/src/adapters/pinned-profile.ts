import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { canonicalProfile, openCanonicalProfile } from "@loa/shared/device/canonical-profile.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";

/** As `profile-file.ts`: more is another file by mistake. */
const MAX_FILE_BYTES = 256 * 1_024;

/**
 * A profile in its canonical form, as it came from somewhere else (`npm run profiles -- canonical`): taken only with the
 * bytes that were promised. The refusal is one sentence with what to do.
 */
export function loadCanonicalProfile(path: string, sha256: string): Result<Profile, string> {
  const name = basename(path);
  let text: string;
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return fail(`${name} is larger than ${MAX_FILE_BYTES} bytes`);
    text = readFileSync(path, "utf8");
  } catch {
    return fail(`${name} cannot be read: check the rights`);
  }
  const opened = openCanonicalProfile(text, sha256, nodeCrypto);
  if (opened.ok)
    return `${opened.value.id}.json` === name
      ? opened
      : fail(`${name} is the profile ${opened.value.id}: give it its own name`);
  return fail(
    opened.error === "checksum"
      ? otherBytes(name, nodeCrypto.sha256Hex(text))
      : `${name} passes no check here: make it with the release of this box`,
  );
}

/** A file for people says the same as the promised bytes, or is not taken. */
export function heldAgainst(profile: Profile, sha256: string): Result<Profile, string> {
  const found = nodeCrypto.sha256Hex(canonicalProfile(profile));
  return found === sha256 ? ok(profile) : fail(otherBytes(`${profile.id}.yaml`, found));
}

function otherBytes(name: string, found: string): string {
  return `${name} is ${found}: fetch it again, or pin what \`npm run profiles -- check\` prints of it`;
}
