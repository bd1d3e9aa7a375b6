import { asMonotonic, type Instant, MINUTE_MS, type MonotonicMs, plus } from "@loa/shared/kernel/time.ts";
import { isConfirmed, timeAt } from "./box-time.ts";
import { type Effect, put } from "./effect.ts";
import { log } from "./inbox-answer.ts";
import { type Moment, sooner, toWall } from "./moment.ts";
import type { AgentState, SilenceState } from "./state.ts";

/**
 * The silence key stands above every rung of the ladder (domain.md), an actual emergency too: whoever works beside a
 * horn of 110 dB, or finds that strangers speak through it, must be able to cut every sound at the box. It is no way to
 * lose an emergency: half an hour later what still stands is said, and the control room hears of the key at once.
 */
export const MOST_SILENCE_MS = 30 * MINUTE_MS;

export const NOT_SILENCED: SilenceState = { until: null };

interface KeyStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

/** After a start the rest of it is kept, and no more than the most where the dark had no clock. */
export function silenceAfterStart(state: AgentState, { now, mono }: Moment): AgentState {
  const { silencedUntil } = state.memory;
  if (silencedUntil === null || silencedUntil <= now) return state;
  return { ...state, silence: { until: ends(mono, Math.min(MOST_SILENCE_MS, silencedUntil - now)) } };
}

/**
 * Held for too long by either clock, of which one may have stood still and the other may be wrong: sound comes back, and
 * the key counts again when it was turned back.
 */
export function withoutLapsedSilence(state: AgentState, mono: MonotonicMs): AgentState {
  const { until } = state.silence;
  if (until === null) return state;
  const { silencedUntil } = state.memory;
  const isKnown = isConfirmed(state.time.trust) && silencedUntil !== null;
  const isOver = mono >= until || (isKnown && silencedUntil <= timeAt(state.time, mono));
  return isOver ? { ...state, silence: NOT_SILENCED } : state;
}

/** What the key was last read as. One that cannot be read stays as it was. */
export function afterSilenceKey(state: AgentState, { now, mono }: Moment): KeyStep {
  const value = state.amplifier.actual["cabinet.silence"]?.value ?? null;
  const { silencedUntil } = state.memory;
  const isTurned = value !== null && value >= 1;
  if (value === null || isTurned === (silencedUntil !== null)) return { state, effects: [] };
  const until = isTurned ? plus(now, MOST_SILENCE_MS) : null;
  return {
    state: {
      ...state,
      memory: { ...state.memory, silencedUntil: until },
      silence: { until: isTurned ? ends(mono, MOST_SILENCE_MS) : null },
    },
    effects: [
      { kind: "commit", onFailure: "keep", changes: [put("meta", "silenced-until", until)] },
      log("warn", isTurned ? "silence-key.turned" : "silence-key.released", { at: now }),
    ],
  };
}

/** When it ends by itself, on the box's clock. */
export function silenceEndsAt({ silence, memory, time }: AgentState, moment: Moment): Instant | null {
  if (silence.until === null) return null;
  const at = toWall(moment, silence.until);
  return isConfirmed(time.trust) ? sooner(at, memory.silencedUntil) : at;
}

function ends(mono: MonotonicMs, afterMs: number): MonotonicMs {
  return asMonotonic(mono + afterMs);
}
