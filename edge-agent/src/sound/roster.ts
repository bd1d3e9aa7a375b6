import type { Voice } from "./voice.ts";

/** Each voice costs up to 2 s of PCM and a child of about 25 MB. Emergencies come on top: they are not counted. */
export const VOICE_LIMIT = 8;

/**
 * Who leaves when there are too many; null while there are not. Never an emergency; else the lowest rung goes first, of
 * those what is paused, and of those the oldest: the newest is what should be on air.
 */
export function leavesForOthers(voices: readonly Voice[]): Voice | null {
  const counted = voices.filter((voice) => !voice.isEmergency);
  if (counted.length <= VOICE_LIMIT) return null;
  let leaves: Voice | null = null;
  for (const voice of counted) {
    if (leaves === null || goesBefore(voice, leaves)) leaves = voice;
  }
  return leaves;
}

function goesBefore(one: Voice, other: Voice): boolean {
  if (one.rank !== other.rank) return one.rank > other.rank;
  return one.phase === "paused" && other.phase !== "paused";
}

/** The next source to open: what is most important, and of those what was asked first. */
export function opensNext(voices: readonly Voice[]): Voice | null {
  let next: Voice | null = null;
  for (const voice of voices) {
    if (voice.source !== null || voice.phase === "over") continue;
    if (next === null || voice.rank < next.rank) next = voice;
  }
  return next;
}
