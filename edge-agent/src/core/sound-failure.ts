import { clipOf } from "@loa/shared/broadcast/air-item.ts";
import { isSaidWhole } from "@loa/shared/broadcast/on-air.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { fillerKey, itemKey, occurrenceIn } from "./air.ts";
import type { RecordChange } from "./effect.ts";
import { putEmergency } from "./emergencies.ts";
import type { SoundFailure } from "./event.ts";
import { standInFor } from "./fallback.ts";
import { heardMsOf } from "./heard.ts";
import { withMemory } from "./note-down.ts";
import type { AgentState, Playout, Sounding } from "./state.ts";
import { withLostItem } from "./troubles.ts";

/** A decoder that died is tried again at once, a broken sink a little later; after this many times never. */
const MAX_TRIES = 3;
const SINK_RETRY_MS = 5 * SECOND_MS;
/** The mixer itself has waited for its card before it gave an emergency up. */
const URGENT_SINK_RETRY_MS = SECOND_MS;
/** A relay is tried as long as its time lasts: at once, then slower and slower. */
const RELAY_RETRY_MS = [0, 2 * SECOND_MS, 10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS] as const;
/** What is wrong for good. */
const FINAL: readonly SoundFailure[] = ["not-audio", "truncated", "relay-not-allowed"];

/** Remembers that an item failed, and when it may be tried again. */
export function afterFailure(
  state: AgentState,
  sound: Sounding,
  reason: SoundFailure,
  now: Instant,
): { state: AgentState; changes: readonly RecordChange[] } {
  const { occurrenceId, itemIndex } = sound;
  const isFiller = sound.role === "filler";
  const key = isFiller ? fillerKey(occurrenceId, itemIndex) : itemKey(occurrenceId, itemIndex);
  // What has sounded for a while and fails is not what failed before.
  const isNew = sound.isLive && heardMsOf(sound, now) >= MINUTE_MS;
  const times = isNew ? 1 : (state.playout.failed.get(key)?.times ?? 0) + 1;
  const retryAt = retryOf(state, sound, reason, times, now);
  const failed = new Map(state.playout.failed).set(key, { times, retryAt });
  const troubles = sound.isLive ? withLostItem(state.playout.troubles, key, now) : state.playout.troubles;
  const playout: Playout = { ...state.playout, failed, troubles };
  return withBadWords({ ...state, playout, content: contentAfter(state, sound, reason) }, sound, reason, key);
}

function retryOf(
  state: AgentState,
  sound: Sounding,
  reason: SoundFailure,
  times: number,
  now: Instant,
): Instant | null {
  if (FINAL.includes(reason)) return null;
  const occurrence = occurrenceIn(state, sound.occurrenceId);
  if (occurrence !== null && isSaidWhole(occurrence)) {
    const againMs = reason === "sink-failed" ? URGENT_SINK_RETRY_MS : SINK_RETRY_MS;
    return plus(now, times > 1 ? againMs : 0);
  }
  if (sound.isLive) return plus(now, RELAY_RETRY_MS[Math.min(times, RELAY_RETRY_MS.length) - 1] ?? MINUTE_MS);
  if (times >= MAX_TRIES) return null;
  // A missing clip is fetched again, and until then it is not playable.
  return plus(now, reason === "sink-failed" ? SINK_RETRY_MS : 0);
}

/** An emergency whose own clip cannot be played says the built-in words, at once. */
function withBadWords(
  state: AgentState,
  sound: Sounding,
  reason: SoundFailure,
  key: string,
): { state: AgentState; changes: readonly RecordChange[] } {
  const sha256 = clipIn(state, sound);
  if (sha256 === null || reason === "sink-failed") return { state, changes: [] };
  const { emergencies } = state.memory;
  const known = [...emergencies.values()].find(
    ({ emergency }) =>
      emergency.notice?.sha256 === sha256 && sound.occurrenceId.startsWith(`${emergency.id}@`),
  );
  if (known === undefined) return { state, changes: [] };
  const bad = { ...known, isClipBad: true };
  // What stands in its place has not failed.
  const failed = new Map([...state.playout.failed].filter(([one]) => one !== key));
  const next = { ...state, playout: { ...state.playout, failed } };
  return {
    state: withMemory(next, { emergencies: new Map(emergencies).set(bad.emergency.id, bad) }),
    changes: [putEmergency(bad)],
  };
}

/** The disk said that a clip is not there after all: it is fetched again. */
function contentAfter(state: AgentState, sound: Sounding, reason: SoundFailure): AgentState["content"] {
  const sha256 = reason === "clip-missing" ? clipIn(state, sound) : null;
  if (sha256 === null) return state.content;
  const present = new Set(state.content.present);
  present.delete(sha256);
  return { ...state.content, present };
}

function clipIn(state: AgentState, { occurrenceId, itemIndex, role }: Sounding): Sha256 | null {
  const occurrence = occurrenceIn(state, occurrenceId);
  if (occurrence === null) return null;
  const item = role === "filler" ? standInFor(state, occurrence, itemIndex) : occurrence.items[itemIndex];
  return item === undefined || item === null ? null : clipOf(item);
}

export function causeOf(reason: SoundFailure): Cause {
  switch (reason) {
    case "clip-missing":
      return "content-missing";
    case "not-audio":
    case "truncated":
      return "content-bad";
    case "decoder-died":
    case "decoder-hung":
      return "decoder-failed";
    case "sink-failed":
      return "sink-failed";
    case "relay-not-allowed":
    case "relay-wrong-format":
    case "relay-unavailable":
      return "relay-failed";
  }
}
