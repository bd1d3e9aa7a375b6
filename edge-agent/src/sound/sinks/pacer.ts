import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { BLOCK_FRAMES, FRAMES_PER_MS } from "../format.ts";

/** Plays the part of a sound card's crystal for sinks that have none: 48 frames a millisecond of the clock. */
export interface Pacer {
  readonly roomFrames: number;
  readonly nextHeardAt: MonotonicMs;
  start(): void;
  /**
   * Looks at the clock. When we were late, answers how many blocks of silence the ear got meanwhile (rounded up, so
   * that a recording stays in whole blocks), and goes on behind them; else 0.
   */
  catchUp(): number;
  /** One block was written. */
  advance(): void;
}

export function createPacer(clock: Clock, bufferMs: number): Pacer {
  const bufferFrames = bufferMs * FRAMES_PER_MS;
  let startedAt = clock.monotonic();
  let written = 0;
  let heard = 0;
  return {
    get roomFrames() {
      return bufferFrames - (written - heard);
    },
    get nextHeardAt() {
      return asMonotonic(startedAt + written / FRAMES_PER_MS);
    },
    start() {
      startedAt = clock.monotonic();
      written = 0;
      heard = 0;
    },
    catchUp() {
      heard = Math.floor((clock.monotonic() - startedAt) * FRAMES_PER_MS);
      const missedBlocks = Math.max(0, Math.ceil((heard - written) / BLOCK_FRAMES));
      written += missedBlocks * BLOCK_FRAMES;
      return missedBlocks;
    },
    advance() {
      written += BLOCK_FRAMES;
    },
  };
}
