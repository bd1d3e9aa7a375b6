import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import type { Gate } from "./gate.ts";
import type { FetchFailure } from "./guarded-fetch.ts";
import type { LiveBuffer } from "./live-buffer.ts";

/** One way to get at a stream: it fills the buffer as long as it can. What must outlive a loss stays in it. */
export interface Way {
  /** Connects and goes on until the stream is lost or `signal` says so. */
  run(signal: AbortSignal): Promise<WayEnd>;
  /** Without a new sample for so long, an attempt has failed. */
  readonly stallMs: number;
  /** Called after each read of the buffer, which has made room. */
  take(): void;
  /** Resolves when no child of it is left. */
  close(): Promise<void>;
}

export type WayEnd = "lost" | "not-allowed" | "wrong-format" | "unavailable";

export interface WayEnvironment {
  readonly ffmpegPath: string;
  readonly channels: number;
  readonly buffer: LiveBuffer;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** How far behind the newest sample it may begin, ms. */
  readonly depthMs: number;
  /** Bytes that came over the network. */
  count(bytes: number): void;
}

/** What a failed request means to the relay. */
export const endOfFetch = {
  "not-allowed": "not-allowed",
  unreachable: "lost",
  // Radio stations come and go on their server.
  missing: "lost",
  refused: "unavailable",
  "wrong-format": "wrong-format",
} as const satisfies Record<FetchFailure, WayEnd>;
