import type { Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SoundFailure } from "../../ports.ts";
import { FRAMES_PER_MS } from "../format.ts";
import { createBackOff } from "./back-off.ts";
import type { LiveBuffer } from "./live-buffer.ts";
import { waitFor } from "./wait-for.ts";
import type { Way, WayEnd } from "./way.ts";

export interface RelayLineOptions {
  readonly way: Way;
  readonly buffer: LiveBuffer;
  readonly relayId: string;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Log;
}

/** Keeps a way to a stream going: attempt after attempt, until it is closed or refused for good. */
export interface RelayLine {
  readonly reconnects: number;
  /** Null while there is hope. */
  readonly failure: SoundFailure | null;
  watch(now: MonotonicMs): void;
  take(): void;
  close(): Promise<void>;
}

type Refusal = Exclude<WayEnd, "lost">;

/** How often the same refusal must come before it counts: a captive portal or a server in repair looks like one. */
const REFUSAL_LIMIT = { "not-allowed": 3, "wrong-format": 3, unavailable: 3 } as const;
const FAILURES = {
  "not-allowed": "relay-not-allowed",
  "wrong-format": "relay-wrong-format",
  unavailable: "relay-unavailable",
} as const satisfies Record<Refusal, SoundFailure>;
/** As long as there is sound in the buffer, every second counts. */
const HURRY_MS = 4_000;
/** An attempt that sounded for so long has worked. */
const WORKED_FRAMES = 3_000 * FRAMES_PER_MS;
/** A longer step between two looks was ours, not the stream's. */
const LONGEST_STEP_MS = 100;

export function createRelayLine(options: RelayLineOptions): RelayLine {
  const { buffer, log, relayId, timers, way } = options;
  const backOff = createBackOff(options.random, () =>
    buffer.level > 0 ? HURRY_MS : Number.POSITIVE_INFINITY,
  );
  const closing = new AbortController();
  let attempt = new AbortController();
  let attempts = 0;
  let failure: SoundFailure | null = null;
  let refusals: readonly Refusal[] = [];
  let stalledMs = 0;
  let seenFrames = 0;
  let watchedAt: MonotonicMs | null = null;

  async function keepGoing(): Promise<void> {
    while (!closing.signal.aborted) {
      attempt = new AbortController();
      attempts += 1;
      stalledMs = 0;
      const before = buffer.total;
      const end = await way.run(attempt.signal);
      // Nothing of a failed attempt may go on.
      attempt.abort();
      if (closing.signal.aborted) return;
      judge(end, buffer.total - before);
      if (failure !== null) return;
      if (!(await waitFor(timers, backOff.nextMs(), closing.signal))) return;
    }
  }

  function judge(end: WayEnd, frames: number): void {
    if (frames > WORKED_FRAMES) backOff.reset();
    log.warn("relay.lost", {
      relayId,
      reason: end,
      attempts,
      bufferedMs: Math.round(buffer.level / FRAMES_PER_MS),
    });
    if (end === "lost") {
      if (frames > 0) refusals = [];
      return;
    }
    refusals = [...refusals.filter((one) => one === end), end];
    // Of what was never heard, the first word about its address is the last.
    const isNew = buffer.total === 0;
    if (refusals.length < REFUSAL_LIMIT[end] && !(end === "not-allowed" && isNew)) return;
    failure = FAILURES[end];
    buffer.flush();
    log.error("relay.failed", { relayId, reason: failure, attempts });
  }

  const going = keepGoing();

  return {
    get reconnects() {
      return Math.max(0, attempts - 1);
    },
    get failure() {
      return failure;
    },
    watch(now) {
      const sinceMs = watchedAt === null ? 0 : Math.min(now - watchedAt, LONGEST_STEP_MS);
      watchedAt = now;
      // A full buffer takes nothing, and that is not the stream's fault.
      const isMoving = buffer.total !== seenFrames || buffer.room < FRAMES_PER_MS;
      seenFrames = buffer.total;
      stalledMs = isMoving ? 0 : stalledMs + sinceMs;
      if (stalledMs <= way.stallMs) return;
      stalledMs = 0;
      attempt.abort();
    },
    take: () => way.take(),
    async close() {
      closing.abort();
      attempt.abort();
      await way.close();
      await going;
      // An attempt that was just about to start a decoder has done so.
      await way.close();
    },
  };
}
