import { positionOf } from "@loa/shared/broadcast/on-air.ts";
import { airInputs } from "./air.ts";
import { changesOf } from "./data-use.ts";
import type { Effect } from "./effect.ts";
import { heardItems, heardMsOf } from "./heard.ts";
import { type Noted, putAlive, putProgress } from "./memory.ts";
import type { Moment } from "./moment.ts";
import { withNotes } from "./note-down.ts";
import { FADE_MS } from "./quieten.ts";
import type { AgentState } from "./state.ts";
import { absence } from "./uplink.ts";

/** A clean stop: places noted, silence, then the amplifier's safe state, then good-bye. */
export function shutDown(
  state: AgentState,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  const notes = placesOf(state, moment);
  const effects: Effect[] = [];
  const alive = notes.length > 0 ? putAlive(state.time, moment) : [];
  const changes = [...notes.map(putProgress), ...alive, ...changesOf(state)];
  if (changes.length > 0) effects.push({ kind: "commit", onFailure: "keep", changes });
  for (const { soundId } of state.playout.sounding)
    effects.push({ kind: "stop-sound", soundId, fadeMs: FADE_MS });
  const known = state.amplifier.capabilities ?? [];
  const offPoints = known.filter(
    (one) => one.startsWith("zone.") || one.startsWith("input.") || one === "amplifier.power",
  );
  for (const capability of offPoints.reverse()) effects.push({ kind: "write-device", capability, value: 0 });
  // A good-bye is no death: the broker keeps the last will to itself, so the box says it.
  if (state.link.phase === "up") effects.push(absence(state));
  effects.push({ kind: "disconnect" });
  const next = withNotes(state, notes);
  return { state: { ...next, link: { ...next.link, phase: "down", connectAt: null } }, effects };
}

/** What sounds now waits for the next start at its place: a restart is no power cut. */
function placesOf(state: AgentState, { now }: Moment): readonly Noted[] {
  const inputs = airInputs(state);
  return heardItems(state.playout).flatMap((one): Noted[] => {
    const note = state.memory.progress.get(one.occurrenceId);
    const occurrence = inputs.occurrences.find(({ id }) => id === one.occurrenceId);
    if (note === null || note.isOver || occurrence === undefined) return [];
    const offsetMs = Math.round(positionOf(occurrence, inputs, now));
    const playedMs = note.playedMs + Math.round(heardMsOf(one, now) - one.heardMs);
    return [{ ...note, offsetMs, since: null, playedMs }];
  });
}
