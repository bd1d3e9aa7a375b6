import { type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { itemKey } from "./air.ts";
import type { Effect } from "./effect.ts";
import { isHeard } from "./heard.ts";
import { withNotes } from "./note-down.ts";
import { withTrouble } from "./noted.ts";
import type { AgentState } from "./state.ts";
import { withLostItem } from "./troubles.ts";

/** What stands in for a station that sends silence is heard for so long, then the station is listened to again. */
const LISTEN_AGAIN_MS = MINUTE_MS;
const FADE_MS = 1_000;

/** A relay that runs and says nothing is as lost as one that does not run, if there is something to play instead. */
export function afterDeadAir(
  state: AgentState,
  now: Instant,
): { state: AgentState; effects: readonly Effect[] } {
  const filler = state.memory.plan?.filler ?? null;
  const [relay, ...others] = state.playout.sounding.filter(isHeard);
  const canFill = filler !== null && state.content.present.has(filler);
  if (!canFill || relay === undefined || !relay.isLive || others.length > 0) return { state, effects: [] };
  const key = itemKey(relay.occurrenceId, relay.itemIndex);
  const failed = new Map(state.playout.failed).set(key, { times: 1, retryAt: plus(now, LISTEN_AGAIN_MS) });
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
