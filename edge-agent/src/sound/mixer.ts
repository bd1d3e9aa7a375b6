import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { beginDucked, duckVoices } from "./duck.ts";
import { BLOCK_FRAMES, FRAMES_PER_MS } from "./format.ts";
import {
  applyRamp,
  createRamp,
  type GainRamp,
  rampTo,
  SHORTEST_RAMP_MS,
  setRamp,
  skipRamp,
} from "./gain-ramp.ts";
import { createOutputBuses, type OutputBuses } from "./output-buses.ts";
import type { OutputLayout } from "./output-layout.ts";
import type { SourceOutcome } from "./pcm-source.ts";
import {
  beginVoice,
  endFadeFrame,
  fadeToEnd,
  hasRunOut,
  isInTheMix,
  isPastEnd,
  isReady,
  startFrame,
  type Voice,
  type VoiceEnd,
} from "./voice.ts";

export interface Mixer {
  /** The block that was rendered last, limited and measured. */
  readonly output: OutputBuses;
  /** Level of everything below an emergency. */
  readonly volume: GainRamp;
  /** Renders the block that is heard from `heardAt` on. Answers false when nothing sounded in it. */
  render(voices: readonly Voice[], heardAt: MonotonicMs): boolean;
}

/** What happened in a block, and at which of its frames. */
export interface MixerEvents {
  onStarted(voice: Voice, frame: number): void;
  onResumed(voice: Voice, frame: number): void;
  onPaused(voice: Voice, frame: number): void;
  onEnded(voice: Voice, end: VoiceEnd): void;
}

/** Time comes in as `heardAt`, so that the same voices always give the same samples. */
export function createMixer(layout: OutputLayout, events: MixerEvents): Mixer {
  const { programme } = layout;
  const output = createOutputBuses(layout);
  const scratch = new Float32Array(BLOCK_FRAMES * programme);
  const volume = createRamp(1);
  const volumeHere = createRamp(1);
  /** Those that have their part of this block: a follower may get it with the end of its predecessor. */
  const mixed = new Set<Voice>();
  let voices: readonly Voice[] = [];
  let heardAt = asMonotonic(0);
  let sounded = false;

  function timeOf(frame: number): MonotonicMs {
    return asMonotonic(heardAt + frame / FRAMES_PER_MS);
  }

  function step(voice: Voice): void {
    if (mixed.has(voice)) return;
    if (isInTheMix(voice)) sound(voice, 0);
    else if (voice.phase === "paused") rest(voice);
    else if (voice.phase === "waiting" && !hasPredecessor(voice)) wait(voice);
  }

  /** A live source runs on while it is not heard. */
  function rest(voice: Voice): void {
    voice.source?.live?.drain(BLOCK_FRAMES);
    if (isPastEnd(voice, heardAt)) end(voice, 0, "complete");
  }

  function hasPredecessor(voice: Voice): boolean {
    const { after } = voice.request;
    if (after === null || voice.hasBegun || voice.isReleased) return false;
    return voices.some((other) => other.soundId === after && other.phase !== "over");
  }

  function wait(voice: Voice): void {
    const from = startFrame(voice, heardAt);
    if (from === null) rest(voice);
    else if (isPastEnd(voice, timeOf(from))) end(voice, from, "complete");
    else begin(voice, from);
  }

  /** What waits begins at `from`, if its samples are there. */
  function begin(voice: Voice, from: number): void {
    if (!isReady(voice, BLOCK_FRAMES - from)) return;
    const isFirst = !voice.hasBegun && !hasRunOut(voice);
    const isBack = voice.resumeFadeMs !== null;
    beginVoice(voice);
    beginDucked(voice, voices);
    if (isFirst) events.onStarted(voice, from);
    if (isBack) events.onResumed(voice, from);
    sound(voice, from);
  }

  /** Adds what sounds, from frame `from` to the end of the block or its own. */
  function sound(voice: Voice, from: number): void {
    sounded = true;
    mixed.add(voice);
    if (voice.isDry && !comeBack(voice)) return;
    const endFade = endFadeFrame(voice, heardAt);
    let at = from;
    while (voice.fade.left > 0 || voice.fade.target > 0) {
      if (at === BLOCK_FRAMES) return;
      if (at >= endFade && !voice.isEnding) fadeToEnd(voice, timeOf(at));
      const to = stretchEnd(voice, at, endFade);
      const wanted = to - at;
      at += add(voice, at, wanted);
      if (at < to) {
        ranDry(voice, at);
        return;
      }
    }
    fadedOut(voice, at);
  }

  /** What is faded out takes not one sample more than is heard: a resume goes on with the very next. */
  function stretchEnd({ fade }: Voice, at: number, endFade: number): number {
    const byFade = fade.target === 0 ? at + fade.left : BLOCK_FRAMES;
    return Math.min(BLOCK_FRAMES, byFade, at < endFade ? endFade : BLOCK_FRAMES);
  }

  function add(voice: Voice, from: number, count: number): number {
    const taken = voice.source?.read(scratch, from, count) ?? 0;
    voice.playedFrames += taken;
    voice.heard.frames += taken;
    let gain = voice.gain;
    gain *= applyRamp(scratch, from, taken, programme, voice.fade);
    gain *= applyRamp(scratch, from, taken, programme, voice.duck);
    if (!voice.isEmergency) {
      Object.assign(volumeHere, volume);
      skipRamp(volumeHere, from);
      gain *= applyRamp(scratch, from, taken, programme, volumeHere);
    }
    output.add(scratch, from, taken, gain, voice.request.zones);
    return taken;
  }

  function fadedOut(voice: Voice, frame: number): void {
    if (voice.phase === "stopping") {
      end(voice, frame, "complete");
      return;
    }
    voice.phase = "paused";
    events.onPaused(voice, frame);
  }

  /** A source that is only late leaves silence; its own watch says when that is too long. */
  function ranDry(voice: Voice, frame: number): void {
    const outcome = voice.source?.outcome ?? null;
    // Where nothing comes any more, there is nothing left to fade.
    if (voice.phase === "stopping") end(voice, frame, "complete");
    else if (outcome !== null) end(voice, frame, outcome);
    else if (voice.phase === "pausing") fadedOut(voice, frame);
    else voice.isDry = true;
  }

  /** Goes on where a late source has a whole block again. */
  function comeBack(voice: Voice): boolean {
    if (voice.phase !== "sounding" || hasRunOut(voice)) {
      ranDry(voice, 0);
      return false;
    }
    if (!isReady(voice, BLOCK_FRAMES)) {
      if (isPastEnd(voice, heardAt)) end(voice, 0, "complete");
      return false;
    }
    voice.isDry = false;
    setRamp(voice.fade, 0);
    rampTo(voice.fade, 1, SHORTEST_RAMP_MS);
    return true;
  }

  function end(voice: Voice, frame: number, outcome: SourceOutcome): void {
    voice.phase = "over";
    events.onEnded(voice, { frame, outcome });
    // It may be begun anew where it broke off: then nothing comes before its own time.
    if (outcome === "decoder-died" || outcome === "decoder-hung") return;
    for (const next of voices) {
      if (next.request.after !== voice.soundId || next.phase !== "waiting" || next.hasBegun) continue;
      next.isReleased = true;
      begin(next, frame);
    }
  }

  return {
    output,
    volume,
    render(theVoices, at) {
      voices = theVoices;
      heardAt = at;
      sounded = false;
      mixed.clear();
      output.clear();
      duckVoices(voices);
      for (const voice of voices) step(voice);
      skipRamp(volume, BLOCK_FRAMES);
      if (sounded) output.finish();
      else output.finishSilence();
      return sounded;
    },
  };
}
