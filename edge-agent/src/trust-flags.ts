import { readFileSync } from "node:fs";
import { type RosterRoot, rosterRoot } from "@loa/shared/trust/roster.ts";
import type { Setup } from "./core/setup.ts";

/** The root in the box's image, as the `keys` command of the controller writes it; null: the file says none. */
export function readRosterRoot(path: string): RosterRoot | null {
  try {
    return rosterRoot.safeParse(JSON.parse(readFileSync(path, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

/** What becomes of an emergency while nobody has told the box the time; null: no such word. */
export function readWithoutClock(word: string): Setup["withoutClock"] | null {
  return word === "accept" || word === "refuse" ? word : null;
}
