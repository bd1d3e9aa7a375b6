import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SoundFailure } from "../ports.ts";

/** Samples on demand, mono 48 kHz, 1 is full scale. */
export interface PcmSource {
  /** Samples that `read` would give at once. */
  readonly available: number;
  /** Null while more may come; then how it ended. Samples may still be `available` afterwards. */
  readonly outcome: SourceOutcome | null;
  /** Fills `into[from..from+count)` as far as samples are there; answers how many. */
  read(into: Float32Array, from: number, count: number): number;
  /** Called every tick, so that a source can notice that it hangs. */
  watch(now: MonotonicMs): void;
  /** Gives everything back; resolves when nothing is left running. */
  close(): Promise<void>;
}

export type SourceOutcome = "complete" | SoundFailure;
