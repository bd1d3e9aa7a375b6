import { isSaidWhole } from "@loa/shared/broadcast/on-air.ts";
import { beginOfItem, itemAt } from "@loa/shared/broadcast/position.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { emergencyOccurrence, knownSince } from "./emergencies.ts";
import type { Memory, Noted } from "./memory.ts";
import { withDoubtLost, withTrouble } from "./noted.ts";

/** It is not before `earliest`. What was sounding when the power (or the agent) went has lost something, whatever comes of the rest. */
export function afterDarkness(memory: Memory, now: Instant, earliest: Instant): Memory {
  const begun = memory.progress.open().filter((note) => note.since !== null);
  const cut = begun.map((note) => {
    const marked = withTrouble(withDoubtLost(note), "power-cut");
    return isSaidWhole(note) ? saidAgain(marked, memory) : marked;
  });
  return { ...knownSince(memory, now, earliest), progress: memory.progress.with(cut) };
}

/**
 * A programme goes on by the clock; of an emergency nothing is skipped: what was being said is said again, but a station
 * that it passes on has gone on meanwhile. Its note is as new as its last sound: no clock is asked, which may have been
 * put right since.
 */
function saidAgain(note: Noted, memory: Memory): Noted {
  const known = [...memory.emergencies.values()].find((one) => emergencyOccurrence(one, true).id === note.id);
  if (known === undefined || note.since === null) return note;
  const occurrence = emergencyOccurrence(known, true);
  const index = itemAt(occurrence, note.offsetMs);
  const isStation = occurrence.items[index]?.kind === "relay";
  return { ...note, offsetMs: isStation ? note.offsetMs : beginOfItem(occurrence, index), since: null };
}
