import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SoundReport } from "../../ports.ts";
import {
  type ActiveSound,
  type ActiveSounds,
  changed,
  playedUntil,
  soundOf,
  without,
} from "./active-sounds.ts";

export interface Noted {
  readonly state: ActiveSounds;
  /** As the agent should hear it; null: it knows already. */
  readonly report: SoundReport | null;
}

/** Takes what the present engine says: what one engine plays and the next goes on with is one sound to the agent. */
export function noted(state: ActiveSounds, report: SoundReport): Noted {
  switch (report.kind) {
    case "started":
      return notedStart(state, report.soundId, report.at);
    case "resumed":
      return notedResume(state, report);
    case "paused":
      return notedPause(state, report);
    case "ended":
    case "failed":
      return { state: without(state, report.soundId), report: withHeardBefore(state, report) };
    case "level":
      return { state: { ...state, rmsDb: report.rmsDb }, report };
    case "microphone":
      return { state, report };
    case "trouble":
      return notedTrouble(state, report);
    case "relay-use":
      return notedUse(state, report);
  }
}

function notedStart(state: ActiveSounds, soundId: string, at: MonotonicMs): Noted {
  const sound = soundOf(state, soundId);
  const isRejoined = sound?.isToldStarted === true;
  const inStepFrom = sound?.inStepFrom ?? null;
  const leftOutMs = inStepFrom === null ? 0 : Math.max(0, at - inStepFrom);
  const next = changed(state, soundId, (one) => ({
    ...(isRejoined ? withoutWish(one, "resume") : one),
    phase: { kind: "sounding", since: at },
    beginMs: one.beginMs + leftOutMs,
    inStepFrom: null,
    isToldStarted: true,
  }));
  if (!isRejoined) {
    const late = leftOutMs > 0 ? { leftOutMs: Math.round(leftOutMs) } : {};
    return { state: next, report: { kind: "started", soundId, at, ...late } };
  }
  // What an earlier engine paused begins in this one.
  const isResumed = sound.wish?.kind === "resume";
  return { state: next, report: isResumed ? { kind: "resumed", soundId, at } : null };
}

function notedResume(state: ActiveSounds, report: Extract<SoundReport, { kind: "resumed" }>): Noted {
  const sound = soundOf(state, report.soundId);
  const isKnown = sound?.phase.kind === "sounding" && sound.wish?.kind !== "resume";
  if (isKnown) return { state, report: null };
  const next = changed(state, report.soundId, (one) => ({
    ...withoutWish(one, "resume"),
    // The engine counts on from where it stood.
    playedMs: playedUntil(one, report.at),
    phase: { kind: "sounding", since: report.at },
    isToldStarted: true,
  }));
  return { state: next, report };
}

function notedPause(state: ActiveSounds, report: Extract<SoundReport, { kind: "paused" }>): Noted {
  const sound = soundOf(state, report.soundId);
  // The next engine pauses it again; it was paused all the time.
  const isKnown = sound?.phase.kind === "paused";
  return {
    state: changed(state, report.soundId, (one) => ({
      ...withoutWish(one, "pause"),
      phase: { kind: "paused" },
      playedMs: report.playedMs,
    })),
    report: isKnown ? null : withHeardBefore(state, report),
  };
}

function withHeardBefore<Report extends Extract<SoundReport, { readonly playedMs: number }>>(
  state: ActiveSounds,
  report: Report,
): Report {
  const beforeMs = soundOf(state, report.soundId)?.heardBeforeMs ?? 0;
  return { ...report, playedMs: beforeMs + report.playedMs };
}

function notedTrouble(state: ActiveSounds, report: Extract<SoundReport, { kind: "trouble" }>): Noted {
  const { soundId, trouble, isRaised } = report;
  const others = state.troubles.filter((one) => one.soundId !== soundId || one.trouble !== trouble);
  const wasRaised = others.length < state.troubles.length;
  return {
    state: { ...state, troubles: isRaised ? [...others, { soundId, trouble }] : others },
    report: wasRaised === isRaised ? null : report,
  };
}

function notedUse(state: ActiveSounds, report: Extract<SoundReport, { kind: "relay-use" }>): Noted {
  const sound = soundOf(state, report.soundId);
  const { receivedBytes, reconnects } = report;
  return {
    state: changed(state, report.soundId, (one) => ({ ...one, receivedBytes, reconnects })),
    report: {
      ...report,
      receivedBytes: receivedBytes + (sound?.receivedBefore ?? 0),
      reconnects: reconnects + (sound?.reconnectsBefore ?? 0),
    },
  };
}

function withoutWish(sound: ActiveSound, kind: "pause" | "resume"): ActiveSound {
  return sound.wish?.kind === kind ? { ...sound, wish: null } : sound;
}
