import { readFileSync } from "node:fs";
import { type RosterRoot, readRoster, rosterRoot, signedRoster } from "@loa/shared/trust/roster.ts";
import type { Setup } from "./core/setup.ts";

/** The root in the box's image: as JSON, or of a roster as `npm run keys` signs it. Null: the file names none. */
export function readRosterRoot(path: string): RosterRoot | null {
  try {
    const said: unknown = JSON.parse(readFileSync(path, "utf8"));
    const signed = signedRoster.safeParse(said).data;
    if (signed !== undefined) return readRoster(signed.payload)?.root ?? null;
    return rosterRoot.safeParse(said).data ?? null;
  } catch {
    return null;
  }
}

/** What becomes of an emergency while nobody has told the box the time; null: no such word. */
export function readWithoutClock(word: string): Setup["withoutClock"] | null {
  return word === "accept" || word === "refuse" ? word : null;
}
