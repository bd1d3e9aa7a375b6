import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { SILENCES_FOR_FAULT } from "./amplifier.ts";
import { devicesWith } from "./devices.ts";
import type { Effect } from "./effect.ts";
import type { DeviceEvent } from "./event.ts";
import { type Moment, toWall } from "./moment.ts";
import type { AgentState, SequencesState } from "./state.ts";
import type { WarmUp } from "./warm-up.ts";

/** Waits between tries of a sequence that failed, ms; the last one repeats. */
const RETRY_MS = [1 * SECOND_MS, 5 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS] as const;
/** Longer than any sequence that makes sense before a sound; the driver answers every one. */
const ANSWER_WITHIN_MS = 5 * MINUTE_MS;

export const NO_SEQUENCES: SequencesState = { running: null, done: [], failures: 0, retryAt: null };

export interface SequenceStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/**
 * Asks the devices for their ordered steps, one sequence after the other: `wake` before the first sample, `arm` and
 * `play` before each stretch of sound, `end` after it. Nothing is asked of devices that have none.
 */
export function runSequences(state: AgentState, warm: WarmUp, moment: Moment): SequenceStep {
  const { now } = moment;
  const { running } = state.sequences;
  if (running !== null && now < plus(running.at, ANSWER_WITHIN_MS))
    return { state, effects: [], lookAgainAt: plus(running.at, ANSWER_WITHIN_MS) };
  const free = running === null ? state.sequences : afterEnd(state.sequences, false, now);
  const sequences = withoutOver(state, free, warm);
  const next = wantedSequence(state, sequences, warm);
  const after = sequences === state.sequences ? state : { ...state, sequences };
  if (next === null) return { state: after, effects: [], lookAgainAt: null };
  if (sequences.retryAt !== null && now < sequences.retryAt)
    return { state: after, effects: [], lookAgainAt: sequences.retryAt };
  const waitingFor = devicesWith(state.devices, next);
  return {
    state: {
      ...after,
      sequences: { ...sequences, running: { name: next, at: now, waitingFor, isFailed: false } },
    },
    effects: [{ kind: "run-sequence", sequence: next }],
    lookAgainAt: plus(now, ANSWER_WITHIN_MS),
  };
}

/** Who is not needed any more falls asleep by itself; a sound without steps for its end is over with its last sample. */
function withoutOver(state: AgentState, sequences: SequencesState, warm: WarmUp): SequencesState {
  const { done } = sequences;
  if (done.length === 0) return sequences;
  const hasEnd = devicesWith(state.devices, "end").length > 0;
  const isOver = isBegun(done) && !isSounding(state) && !warm.isNear && !hasEnd;
  const kept = done.filter((name) => (name === "wake" ? warm.isWanted : !isOver));
  return kept.length === done.length ? sequences : { ...sequences, done: kept, failures: 0, retryAt: null };
}

function isBegun(done: SequencesState["done"]): boolean {
  return done.includes("arm") || done.includes("play");
}

function isSounding({ playout }: AgentState): boolean {
  return playout.sounding.some((one) => !one.isPaused && !one.isStopping);
}

function wantedSequence(state: AgentState, { done }: SequencesState, warm: WarmUp): SequenceName | null {
  const wanted: SequenceName[] = [];
  if (warm.isWanted) wanted.push("wake");
  if (warm.isNear) wanted.push("arm");
  if (isSounding(state)) wanted.push("play");
  else if (done.includes("play") || (isBegun(done) && !warm.isNear)) wanted.push("end");
  return wanted.find((name) => !done.includes(name) && devicesWith(state.devices, name).length > 0) ?? null;
}

/** What became of it, told by each device that has it. */
export function afterSequence(state: AgentState, event: DeviceEvent, moment: Moment): AgentState {
  const sequences = answered(state, event, moment);
  return sequences === state.sequences ? state : { ...state, sequences };
}

function answered({ sequences, devices }: AgentState, event: DeviceEvent, moment: Moment): SequencesState {
  if (event.kind === "device-identified") {
    // One lost poll changes nothing in the device; who was silent for longer may have been off.
    const times = devices.known.get(event.device)?.trouble?.times ?? 0;
    const isNew = event.sequences.length > 0 && times >= SILENCES_FOR_FAULT;
    return isNew && sequences.done.length > 0 ? { ...sequences, done: [] } : sequences;
  }
  const { running } = sequences;
  if (running === null || !running.waitingFor.includes(event.device)) return sequences;
  const isAnswer = event.kind === "device-ran" && event.sequence === running.name;
  // Who is lost in the middle answers no more: an alarm must not wait for it.
  if (!isAnswer && event.kind !== "device-unreachable") return sequences;
  const waitingFor = running.waitingFor.filter((one) => one !== event.device);
  const isFailed = running.isFailed || !isAnswer || event.outcome !== "done";
  if (waitingFor.length > 0) return { ...sequences, running: { ...running, waitingFor, isFailed } };
  return afterEnd(sequences, !isFailed, toWall(moment, event.at));
}

function afterEnd(sequences: SequencesState, isGood: boolean, at: Instant): SequencesState {
  const { running, done, failures } = sequences;
  if (running === null) return sequences;
  if (!isGood) {
    const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? RETRY_MS[0];
    return { ...sequences, running: null, failures: failures + 1, retryAt: plus(at, waitMs) };
  }
  // After the end of a sound the next one is armed and played anew.
  const next = running.name === "end" ? done.filter((one) => one === "wake") : [...done, running.name];
  return { running: null, done: next, failures: 0, retryAt: null };
}

/** Whether a device did not do what it has to do before anything is heard of it. */
export function sequenceTrouble({ failures }: SequencesState): Cause | null {
  return failures > 0 ? "amplifier-refused" : null;
}
