import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { itemKey, occurrenceIn } from "./air.ts";
import type { Effect } from "./effect.ts";
import { standInFor } from "./fallback.ts";
import { isHeard } from "./heard.ts";
import { withNotes } from "./note-down.ts";
import { withTrouble } from "./noted.ts";
import type { AgentState } from "./state.ts";
import { withLostItem } from "./troubles.ts";

/** What stands in for a station that sends silence is heard for so long, then the station is listened to again. */
const LISTEN_AGAIN_MS = MINUTE_MS;
/** In an emergency somebody may begin to speak at any moment. */
const LISTEN_AGAIN_URGENT_MS = 10 * SECOND_MS;
const FADE_MS = 1_000;

/** A relay that runs and says nothing is as lost as one that does not run, if there is something to play instead. */
export function afterDeadAir(
  state: AgentState,
  now: Instant,
): { state: AgentState; effects: readonly Effect[] } {
  const [relay, ...others] = state.playout.sounding.filter(isHeard);
  if (relay === undefined || !relay.isLive || others.length > 0) return { state, effects: [] };
  const occurrence = occurrenceIn(state, relay.occurrenceId);
  if (occurrence === null || standInFor(state, occurrence, relay.itemIndex) === null)
    return { state, effects: [] };
  const key = itemKey(relay.occurrenceId, relay.itemIndex);
  const retryAt = plus(now, relay.isUrgent ? LISTEN_AGAIN_URGENT_MS : LISTEN_AGAIN_MS);
  const failed = new Map(state.playout.failed).set(key, { times: 1, retryAt });
  const sounding = state.playout.sounding.map((one) =>
    one === relay ? { ...one, isStopping: true, endsAt: now } : one,
  );
  const troubles = withLostItem(state.playout.troubles, key, now);
  const note = state.memory.progress.get(relay.occurrenceId);
  const next = { ...state, playout: { ...state.playout, failed, sounding, troubles } };
  return {
    state: note === null ? next : withNotes(next, [withTrouble(note, "relay-failed")]),
    effects: [{ kind: "stop-sound", soundId: relay.soundId, fadeMs: FADE_MS }],
  };
}
