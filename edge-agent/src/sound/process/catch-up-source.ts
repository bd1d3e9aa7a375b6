import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { BLOCK_FRAMES, FRAMES_PER_MS } from "../format.ts";
import type { PcmSource } from "../pcm-source.ts";

export interface CatchUp {
  /** When the first sample of `inner` would have to be heard. */
  readonly startAt: MonotonicMs;
  /** When the next block is heard, as the sink knows; looked at when the first block is read. */
  readonly nextHeardAt: () => MonotonicMs;
  readonly channels: number;
}

/** Kept of what should have been heard already: an engine may be lost somewhat later than it is noticed. */
const BEHIND_FRAMES = 100 * FRAMES_PER_MS;

/**
 * A file that has to be in step with the clock although it begins late: what should have been heard before its first
 * sample is left out, counted at the very block in which it begins. Until then it follows a little behind, so that it may
 * be later than a decoder's buffer is long.
 */
export function createCatchUpSource(inner: PcmSource, how: CatchUp): PcmSource {
  const waste = new Float32Array(BLOCK_FRAMES * how.channels);
  let passedFrames = 0;
  let hasBegun = false;

  function framesUntil(at: MonotonicMs): number {
    return Math.round((at - how.startAt) * FRAMES_PER_MS);
  }

  /** Whether so many frames are out of the way. */
  function passTo(frame: number): boolean {
    while (passedFrames < frame) {
      const taken = inner.read(waste, 0, Math.min(BLOCK_FRAMES, frame - passedFrames));
      if (taken === 0) return false;
      passedFrames += taken;
    }
    return true;
  }

  return {
    get available() {
      if (hasBegun) return inner.available;
      return Math.max(0, inner.available - Math.max(0, framesUntil(how.nextHeardAt()) - passedFrames));
    },
    get outcome() {
      return inner.outcome;
    },
    live: null,
    read(into, from, count) {
      hasBegun ||= passTo(framesUntil(how.nextHeardAt()) + from);
      return hasBegun ? inner.read(into, from, count) : 0;
    },
    watch(now) {
      inner.watch(now);
      if (!hasBegun) passTo(framesUntil(how.nextHeardAt()) - BEHIND_FRAMES);
    },
    close: () => inner.close(),
  };
}
