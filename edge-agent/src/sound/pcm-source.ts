import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SoundFailure } from "../ports.ts";

/** Samples on demand, 48 kHz, 1 is full scale; interleaved where the engine mixes stereo. */
export interface PcmSource {
  /** Frames that `read` would give at once. */
  readonly available: number;
  /** Null while more may come; then how it ended. Frames may still be `available` afterwards. */
  readonly outcome: SourceOutcome | null;
  /** Null for a file and for what lies in memory: they wait when nobody reads. */
  readonly live: LiveFacts | null;
  /**
   * Fills `into` with up to `count` frames from frame `from` on (its first sample is at `from * channels`); answers
   * how many frames.
   */
  read(into: Float32Array, from: number, count: number): number;
  /** Called every tick, so that a source can notice that it hangs. */
  watch(now: MonotonicMs): void;
  /** Gives everything back; resolves when nothing is left running. */
  close(): Promise<void>;
}

/** What only a source has that runs on whether we listen or not. */
export interface LiveFacts {
  /** It gives nothing at the moment and goes on trying: reported as `source-lost`. */
  readonly isLost: boolean;
  /** Since it was opened. */
  readonly receivedBytes: number;
  readonly reconnects: number;
  /** Called for every block in which it is open and unheard: so many frames have passed, it stays at its live edge. */
  drain(frames: number): void;
  /** When the sample that `read` would give next was captured, on this box's clock; null where nobody says. */
  capturedAt(now: MonotonicMs): MonotonicMs | null;
}

export type SourceOutcome = "complete" | SoundFailure;

/** A source that was over before it began. */
export function failedSource(outcome: SourceOutcome): PcmSource {
  return { available: 0, outcome, live: null, read: () => 0, watch() {}, close: () => Promise.resolve() };
}
