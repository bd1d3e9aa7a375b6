import { ladder, type Rung } from "@loa/shared/broadcast/precedence.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { PlayRequest } from "../ports.ts";
import { BLOCK_FRAMES, dbToGain, FRAMES_PER_MS } from "./format.ts";
import { createRamp, type GainRamp, rampTo, remainingMs, SHORTEST_RAMP_MS, setRamp } from "./gain-ramp.ts";
import { createMeter, type Meter } from "./meter.ts";
import type { PcmSource, SourceOutcome } from "./pcm-source.ts";

/** One sound on its way through the engine. */
export interface Voice {
  readonly soundId: string;
  readonly request: PlayRequest;
  /** Of the ladder: 1 is the highest. */
  readonly rank: number;
  readonly isEmergency: boolean;
  /** Static gain of the source. */
  readonly gain: number;
  /** Its own fades, 0 to 1. */
  readonly fade: GainRamp;
  /** What higher sounds leave of it, 0 to 1. */
  readonly duck: GainRamp;
  /** The mixed output while this voice was in it. */
  readonly heard: Meter;
  /** Null until it is opened, which is never while a block waits. */
  source: PcmSource | null;
  phase: VoicePhase;
  /** A first sample of it has been mixed. */
  hasBegun: boolean;
  /** It ran dry although more is to come. */
  isDry: boolean;
  /** How it comes back from a pause that somebody has ended; null when there was none. */
  resumeFadeMs: number | null;
  /** Its predecessor has ended in the mix: its own time counts no more. */
  isReleased: boolean;
  /** It fades towards its planned end. */
  isEnding: boolean;
  playedFrames: number;
}

/**
 * `waiting` for its time, its predecessor, its source or its resume; `paused` until somebody asks. `pausing` and
 * `stopping` still sound.
 */
export type VoicePhase = "waiting" | "sounding" | "pausing" | "paused" | "stopping" | "over";

export type VoiceEnd = { readonly frame: number; readonly outcome: SourceOutcome };

/** Nothing is cut off harder than this at its planned end. */
const END_FADE_MS = 100;

const emergencyRungs: readonly Rung[] = ["emergency-actual", "emergency-exercise"];

export function isOfEmergency({ rung }: Pick<PlayRequest, "rung">): boolean {
  return emergencyRungs.includes(rung);
}

export function createVoice(request: PlayRequest, source: PcmSource | null): Voice {
  return {
    soundId: request.soundId,
    request,
    rank: ladder[request.rung].rank,
    isEmergency: isOfEmergency(request),
    gain: dbToGain(request.gainDb),
    fade: createRamp(0),
    duck: createRamp(1),
    heard: createMeter(),
    source,
    phase: "waiting",
    hasBegun: false,
    isDry: false,
    resumeFadeMs: null,
    isReleased: false,
    isEnding: false,
    playedFrames: 0,
  };
}

/** Whether samples for the rest of a block are there, or will never be. */
export function isReady(voice: Voice, frames: number): boolean {
  const { source } = voice;
  return source !== null && (source.available >= frames || source.outcome !== null);
}

/** Nothing is left of its source and nothing more comes. */
export function hasRunOut({ source }: Voice): boolean {
  return source !== null && source.outcome !== null && source.available === 0;
}

export function isInTheMix(voice: Voice): boolean {
  return voice.phase === "sounding" || voice.phase === "pausing" || voice.phase === "stopping";
}

/**
 * The frame of the block heard from `heardAt` on at which a waiting voice would begin by its own time; null when that
 * is later. A voice whose time is past begins at once.
 */
export function startFrame(voice: Voice, heardAt: MonotonicMs): number | null {
  if (voice.hasBegun || voice.isReleased) return 0;
  const frame = Math.max(0, Math.round((voice.request.startAt - heardAt) * FRAMES_PER_MS));
  return frame < BLOCK_FRAMES ? frame : null;
}

export function beginVoice(voice: Voice): void {
  voice.phase = "sounding";
  const fadeMs = voice.resumeFadeMs ?? voice.request.fadeInMs;
  if (fadeMs > 0) rampTo(voice.fade, 1, fadeMs);
  // The first sample of a source may be anywhere in its wave: only its own beginning comes without a fade.
  else if (voice.hasBegun || voice.request.offsetMs > 0) rampTo(voice.fade, 1, SHORTEST_RAMP_MS);
  else setRamp(voice.fade, 1);
  voice.hasBegun = true;
  voice.resumeFadeMs = null;
}

/** A second fade may only be the quicker one. */
export function fadeOut(voice: Voice, phase: "pausing" | "stopping", fadeMs: number): void {
  const isFading = voice.phase === "pausing" || voice.phase === "stopping";
  if (phase === "stopping" || !isFading) voice.phase = phase;
  if (isFading && remainingMs(voice.fade) <= fadeMs) return;
  rampTo(voice.fade, 0, fadeMs);
}

/** The frame of the block heard from `heardAt` on at which the fade to the planned end begins; none: infinity. */
export function endFadeFrame(voice: Voice, heardAt: MonotonicMs): number {
  const { endAt } = voice.request;
  return endAt === null
    ? Number.POSITIVE_INFINITY
    : Math.round((endAt - END_FADE_MS - heardAt) * FRAMES_PER_MS);
}

/** Silence is reached at the planned end, also when less time is left than the fade would like. */
export function fadeToEnd(voice: Voice, at: MonotonicMs): void {
  voice.isEnding = true;
  fadeOut(voice, "stopping", (voice.request.endAt ?? at) - at);
}

/** Whether `at` lies behind the planned end, or so close before it that nothing could be heard. */
export function isPastEnd(voice: Voice, at: MonotonicMs): boolean {
  const { endAt } = voice.request;
  return endAt !== null && at >= endAt - SHORTEST_RAMP_MS;
}
