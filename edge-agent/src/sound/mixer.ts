import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { BLOCK_FRAMES } from "./format.ts";
import { createLimiter } from "./limiter.ts";
import { beginVoice, mixVoice, startFrame, type Voice, type VoiceEnd } from "./voice.ts";

export interface Mixer {
  /** The block that was rendered last, limited; it is used again for the next one. */
  readonly output: Int16Array;
  /** Sum of squares and peak of that block; 1 is full scale. */
  readonly energy: number;
  readonly peak: number;
  /**
   * Renders the block that is heard from `heardAt` on. Answers false when nothing sounded in it. `onStarted` and
   * `onEnded` get the frame at which it happened.
   */
  render(voices: readonly Voice[], heardAt: MonotonicMs, events: MixerEvents): boolean;
}

export interface MixerEvents {
  onStarted(voice: Voice, frame: number): void;
  onEnded(voice: Voice, end: VoiceEnd): void;
}

/** Time comes in as `heardAt`, so that the same voices always give the same samples. */
export function createMixer(): Mixer {
  const mix = new Float32Array(BLOCK_FRAMES);
  const scratch = new Float32Array(BLOCK_FRAMES);
  const output = new Int16Array(BLOCK_FRAMES);
  const limiter = createLimiter();
  let energy = 0;
  let peak = 0;

  function toOutput(): void {
    energy = 0;
    peak = 0;
    for (let index = 0; index < BLOCK_FRAMES; index += 1) {
      const sample = mix[index] ?? 0;
      energy += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
      output[index] = Math.round(sample * 32_767);
    }
  }

  function render(voices: readonly Voice[], heardAt: MonotonicMs, events: MixerEvents): boolean {
    mix.fill(0);
    let sounded = false;
    for (const voice of voices) {
      const from = voice.phase === "waiting" ? startFrame(voice, heardAt) : 0;
      if (from === null) continue;
      if (voice.phase === "waiting") {
        beginVoice(voice);
        if (voice.source.available > 0) events.onStarted(voice, from);
      }
      sounded = true;
      const end = mixVoice(voice, mix, scratch, from);
      if (end !== null) events.onEnded(voice, end);
      voice.heard.frames += (end?.frame ?? BLOCK_FRAMES) - from;
    }
    if (sounded) {
      limiter.process(mix);
      toOutput();
    } else {
      output.fill(0);
      energy = 0;
      peak = 0;
    }
    return sounded;
  }

  return {
    output,
    get energy() {
      return energy;
    },
    get peak() {
      return peak;
    },
    render,
  };
}
