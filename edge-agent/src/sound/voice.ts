import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { PlayRequest } from "../ports.ts";
import { BLOCK_FRAMES, dbToGain, FRAMES_PER_MS } from "./format.ts";
import { addWithRamp, createRamp, type GainRamp, isMoving, rampTo, remainingMs } from "./gain-ramp.ts";
import { createMeter, type Meter } from "./meter.ts";
import type { PcmSource, SourceOutcome } from "./pcm-source.ts";

/** One sound on its way through the engine. */
export interface Voice {
  readonly soundId: string;
  readonly source: PcmSource;
  readonly startAt: MonotonicMs;
  readonly gain: number;
  readonly fadeInMs: number;
  readonly ramp: GainRamp;
  /** The mixed output while this voice was in it. */
  readonly heard: Meter;
  phase: "waiting" | "sounding" | "stopping";
  playedFrames: number;
}

export type VoiceEnd = { readonly frame: number; readonly outcome: SourceOutcome };

export function createVoice(request: PlayRequest, source: PcmSource): Voice {
  return {
    soundId: request.soundId,
    source,
    startAt: request.startAt,
    gain: dbToGain(request.gainDb),
    fadeInMs: request.fadeInMs,
    ramp: createRamp(0),
    heard: createMeter(),
    phase: "waiting",
    playedFrames: 0,
  };
}

/**
 * The frame of the block that is heard from `heardAt` on at which a waiting voice begins; null when it is not in
 * this block. A voice whose start is past begins at once, but never before its source has samples for a block.
 */
export function startFrame(voice: Voice, heardAt: MonotonicMs): number | null {
  const frame = Math.max(0, Math.round((voice.startAt - heardAt) * FRAMES_PER_MS));
  if (frame >= BLOCK_FRAMES) return null;
  const isReady = voice.source.available >= BLOCK_FRAMES || voice.source.outcome !== null;
  return isReady ? frame : null;
}

export function beginVoice(voice: Voice): void {
  voice.phase = "sounding";
  if (voice.fadeInMs > 0) rampTo(voice.ramp, voice.gain, voice.fadeInMs);
  else {
    voice.ramp.value = voice.gain;
    voice.ramp.target = voice.gain;
  }
}

/** A second stop may only be the quicker one. */
export function fadeOut(voice: Voice, fadeMs: number): void {
  if (voice.phase === "stopping" && remainingMs(voice.ramp) <= fadeMs) return;
  voice.phase = "stopping";
  rampTo(voice.ramp, 0, fadeMs);
}

/** Adds the voice to the block from frame `from` on; answers where and how it ended, or null while it goes on. */
export function mixVoice(
  voice: Voice,
  mix: Float32Array,
  scratch: Float32Array,
  from: number,
): VoiceEnd | null {
  const taken = voice.source.read(scratch, from, BLOCK_FRAMES - from);
  addWithRamp(mix, scratch, from, taken, voice.ramp);
  voice.playedFrames += taken;
  const frame = from + taken;
  const isDry = frame < BLOCK_FRAMES;
  // Where nothing comes any more, there is nothing left to fade.
  if (voice.phase === "stopping" && (isDry || !isMoving(voice.ramp))) return { frame, outcome: "complete" };
  // A source that is only late leaves silence; its own watch says when that is too long.
  if (!isDry || voice.source.outcome === null) return null;
  return { frame, outcome: voice.source.outcome };
}
