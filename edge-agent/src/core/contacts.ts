import type { Effect } from "./effect.ts";
import { startLocalEmergencies } from "./local-emergencies.ts";
import type { Moment } from "./moment.ts";
import { afterSilenceKey } from "./silence-key.ts";
import type { AgentState } from "./state.ts";

/** What persons and water do at the box itself, as the newest readings have it: no network is asked. */
export function afterContacts(
  before: AgentState,
  state: AgentState,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[] } {
  if (before.amplifier.actual === state.amplifier.actual) return { state, effects: [] };
  const key = afterSilenceKey(state, moment);
  const local = startLocalEmergencies(key.state, before.amplifier.actual, moment);
  return { state: local.state, effects: [...key.effects, ...local.effects] };
}
