import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { BLOCK_FRAMES, FRAMES_PER_MS } from "../format.ts";
import type { PcmSource } from "../pcm-source.ts";

export interface CatchUp {
  /** When the first sample of `inner` would have to be heard. */
  readonly startAt: MonotonicMs;
  /** When the next block is heard, as the sink knows. */
  readonly nextHeardAt: () => MonotonicMs;
  readonly channels: number;
}

/**
 * A file that has to be in step with the clock although it begins late: what should have been heard before its first
 * sample is left out, counted at the very block in which it begins.
 */
export function createCatchUpSource(inner: PcmSource, how: CatchUp): PcmSource {
  const waste = new Float32Array(BLOCK_FRAMES * how.channels);
  let skipFrames: number | null = null;

  function lateFrames(frame: number): number {
    return Math.max(0, Math.round((how.nextHeardAt() - how.startAt) * FRAMES_PER_MS) + frame);
  }

  /** Whether what has gone by is out of the way. */
  function skip(): boolean {
    while (skipFrames !== null && skipFrames > 0) {
      const taken = inner.read(waste, 0, Math.min(BLOCK_FRAMES, skipFrames));
      if (taken === 0) return false;
      skipFrames -= taken;
    }
    return true;
  }

  return {
    get available() {
      return Math.max(0, inner.available - (skipFrames ?? lateFrames(0)));
    },
    get outcome() {
      return inner.outcome;
    },
    live: inner.live,
    read(into, from, count) {
      skipFrames ??= lateFrames(from);
      return skip() ? inner.read(into, from, count) : 0;
    },
    watch: (now) => inner.watch(now),
    close: () => inner.close(),
  };
}
