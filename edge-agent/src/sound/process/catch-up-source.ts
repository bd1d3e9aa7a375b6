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

export interface CatchUpSource extends PcmSource {
  /** Leaves out what would be heard before `at`, as far as it is there. Not once it is read. */
  passBy(at: MonotonicMs): void;
}

/**
 * A file that has to be in step with the clock although it begins late: what should have been heard before its first
 * sample is left out, counted at the very block in which it begins.
 */
export function createCatchUpSource(inner: PcmSource, how: CatchUp): CatchUpSource {
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
    passBy(at) {
      if (!hasBegun) passTo(framesUntil(at));
    },
    watch: (now) => inner.watch(now),
    close: () => inner.close(),
  };
}
