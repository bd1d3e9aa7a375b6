import type { Result } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";

/**
 * Where the stream goes: a sound card, a file, memory, or nowhere. The stream never stops, silence included, so
 * a sink always knows when the next written sample will be heard. Sinks never block: the engine asks for room.
 */
export interface SoundSink {
  readonly name: string;
  /** Interleaved channels of a block. */
  readonly channels: number;
  /**
   * `card`: it plays by a crystal of its own, and `nextHeardAt` is a measurement with noise, which the engine follows.
   * `exact`: it counts 48 frames a millisecond of the box's clock, and every sample reaches it as it was mixed.
   */
  readonly clock: "card" | "exact";
  open(): Result<void, SinkFailure>;
  /** Looks at the device; afterwards `roomFrames` and `nextHeardAt` are of this moment. */
  poll(): Result<void, SinkFailure>;
  /** Frames that `write` takes without waiting. */
  readonly roomFrames: number;
  /** When the first sample of the next written block is heard. */
  readonly nextHeardAt: MonotonicMs;
  /** Takes one block of `BLOCK_FRAMES` frames; the array belongs to the engine and is used again. */
  write(block: Int16Array): Result<void, SinkFailure>;
  /** How often the ear got silence because we were late, since `open`. */
  readonly underruns: number;
  /** May be opened again afterwards. */
  close(): void;
}

export type SinkFailure = "no-library" | "no-device" | "busy" | "vanished" | "disk-full" | "io";
