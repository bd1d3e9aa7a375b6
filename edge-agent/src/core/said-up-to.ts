import { beginOfItem } from "@loa/shared/broadcast/position.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { occurrenceIn } from "./air.ts";
import type { Noted } from "./memory.ts";
import type { AgentState, Sounding } from "./state.ts";

/** The mixer's end of a sound and the plan of it lie some ms apart. */
const CRUMB_MS = 100;

/**
 * How far an emergency has come when a sound of it has begun there, or was heard for so long: by the mixer's own word and
 * not by a clock. After a kill what was said to its end is not said again, on a box that knows no time either. Null: it
 * is no emergency, ended before its end, or is a station, which has a place in no clip.
 */
export function saidUpTo(
  state: AgentState,
  sound: Sounding,
  at: Instant,
  heardMs: number,
): Pick<Noted, "offsetMs" | "since"> | null {
  const occurrence = sound.isUrgent && !sound.isLive ? occurrenceIn(state, sound.occurrenceId) : null;
  const item = occurrence?.items[sound.itemIndex];
  if (occurrence === null || item === undefined) return null;
  const beginMs = beginOfItem(occurrence, sound.itemIndex);
  const inItemMs = sound.offsetMs + heardMs;
  if (heardMs > 0 && inItemMs < item.durationMs - CRUMB_MS) return null;
  return { offsetMs: Math.round(beginMs + (heardMs > 0 ? item.durationMs : inItemMs)), since: at };
}
