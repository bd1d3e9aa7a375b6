import type { Result } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SinkFailure } from "./sink.ts";

/**
 * Between the mixer, which renders blocks of 20 ms of the box's time one after the other, and the sink, which plays
 * when it plays. What is heard at a moment is what was mixed for that moment: where the sink has lost time, the mix
 * of that time is rendered and thrown away.
 */
export interface OutputStage {
  /** The sink has just been opened. */
  begin(): void;
  /** How soon it is to be filled again. */
  readonly tickMs: number;
  /** Fills the sink's room after a poll. */
  fill(now: MonotonicMs, mix: Mix): Result<void, SinkFailure>;
}

/**
 * Renders the block that is heard from a moment on; the answer is used again for the next one. `isHeard` false: that
 * moment is lost, and the block is thrown away.
 */
export type Mix = (heardAt: MonotonicMs, isHeard: boolean) => MixedBlock;

export interface MixedBlock {
  readonly buses: readonly Float32Array[];
  /** Nothing sounded in it: it may be lengthened and shortened unheard. */
  readonly isSilent: boolean;
}

/** A sink without pace (ALSA's `null`) would take blocks for ever. */
export const BLOCKS_A_TICK_LIMIT = 25;

/** After a longer stall (a suspended machine) sounds go on where they stopped: nobody waits for what was missed. */
export const LONGEST_CATCH_UP_MS = 2_000;
