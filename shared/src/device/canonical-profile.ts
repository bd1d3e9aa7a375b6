import { z } from "zod";
import type { Crypto } from "../kernel/ambient.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { checkProfile } from "./check-profile.ts";
import { type Profile, profile } from "./profile.ts";

/** What editors check a file against while it is written. */
export function profileJsonSchema(): string {
  const schema = {
    title: "Loa hardware profile",
    ...z.toJSONSchema(profile, { io: "input", reused: "ref" }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/**
 * How profiles travel to boxes: keys sorted, no spaces, defaults filled in (RFC 8785 for what profiles hold), so that
 * the same facts have the same bytes and the same SHA-256, whatever the comments and the order of the file.
 */
export function canonicalProfile(facts: Profile): string {
  return canonical(facts);
}

/**
 * A profile as it came over the wire. `checksum`: these are not the bytes that were promised; `not-a-profile`: another
 * release of the language made it, or it would not pass the check.
 */
export function openCanonicalProfile(
  text: string,
  sha256: string,
  crypto: Pick<Crypto, "sha256Hex">,
): Result<Profile, "checksum" | "not-a-profile"> {
  if (crypto.sha256Hex(text) !== sha256) return fail("checksum");
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    return fail("not-a-profile");
  }
  const parsed = profile.safeParse(plain);
  if (!parsed.success || checkProfile(parsed.data).length > 0) return fail("not-a-profile");
  return ok(parsed.data);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}
