import { type Effect, put } from "./effect.ts";
import type { AgentEvent } from "./event.ts";
import { type InboxStep, log } from "./inbox-answer.ts";
import type { AgentState } from "./state.ts";

/**
 * A newer roster goes to the disk, and is in force with this step. A disk that cannot be written to keeps no key in
 * force that was taken away.
 */
export function receiveRoster(
  state: AgentState,
  { token, taken, refused }: Extract<AgentEvent, { kind: "roster" }>,
): InboxStep {
  const accept: readonly Effect[] = token === null ? [] : [{ kind: "accept", token }];
  const said = refused === null ? [] : [log("warn", "roster.refused", { reason: refused })];
  const rosterRefused = refused !== null;
  const health =
    state.health.rosterRefused === rosterRefused ? state.health : { ...state.health, rosterRefused };
  const known = state.memory.roster?.contents.version ?? 0;
  if (taken === null || taken.contents.version <= known)
    return { state: { ...state, health }, effects: [...said, ...accept] };
  const { version, keys } = taken.contents;
  return {
    state: { ...state, health, memory: { ...state.memory, roster: taken } },
    effects: [
      { kind: "commit", onFailure: "keep", changes: [put("meta", "roster", taken.signed)] },
      ...said,
      ...accept,
      log("info", "roster.taken", { version, before: known, keys: keys.length }),
    ],
  };
}
