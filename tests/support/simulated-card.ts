import { BLOCK_FRAMES, FRAMES_PER_MS } from "@loa/edge-agent/sound/format.ts";
import type { SoundSink } from "@loa/edge-agent/sound/sink.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import type { TestClock } from "./test-clock.ts";

export interface CardFaults {
  /** How much faster than its 48 kHz the crystal runs. */
  readonly ppm: number;
  /** Error of a reading of the delay, ms. */
  readonly noiseMs?: () => number;
  /** The card says only so often how far it has played, ms. */
  readonly periodMs?: number;
}

export interface SimulatedCard {
  readonly sink: SoundSink;
  /** When the first frame of the block that is written next will truly be heard, ms. */
  trulyHeardAt(): number;
  /** Plays nothing for so long, as a machine that hangs with all its cards. */
  stallFor(ms: number): void;
}

const BUFFER_FRAMES = 6 * BLOCK_FRAMES;

/** A card with a crystal of its own on a clock that the test moves. */
export function createSimulatedCard(
  clock: TestClock,
  faults: CardFaults,
  onBlock: (block: Int16Array, heardAt: number) => void,
): SimulatedCard {
  const { noiseMs = () => 0, periodMs = 0 } = faults;
  const framesPerMs = FRAMES_PER_MS * (1 + faults.ppm / 1e6);
  let startedAt = 0;
  let written = 0;
  let underruns = 0;
  let delay = 0;
  let measuredAt = clock.monotonic();

  const played = (at: number) => (at - startedAt) * framesPerMs;
  const trulyHeardAt = () => startedAt + written / framesPerMs;

  return {
    trulyHeardAt,
    stallFor(ms) {
      startedAt += ms;
    },
    sink: {
      name: "card",
      channels: 1,
      clock: "card",
      get roomFrames() {
        return BUFFER_FRAMES - delay;
      },
      get nextHeardAt() {
        return measuredAt;
      },
      get underruns() {
        return underruns;
      },
      open() {
        startedAt = clock.monotonic();
        written = 0;
        underruns = 0;
        return ok(undefined);
      },
      poll() {
        const now = clock.monotonic();
        if (played(now) > written) {
          if (written > 0) underruns += 1;
          startedAt = now;
          written = 0;
        }
        const told = periodMs === 0 ? now : now - ((now - startedAt) % periodMs);
        delay = Math.round(written - played(told));
        measuredAt = asMonotonic(now + delay / FRAMES_PER_MS + noiseMs());
        return ok(undefined);
      },
      write(block) {
        onBlock(block, trulyHeardAt());
        written += BLOCK_FRAMES;
        delay += BLOCK_FRAMES;
        measuredAt = asMonotonic(measuredAt + BLOCK_FRAMES / FRAMES_PER_MS);
        return ok(undefined);
      },
      close() {},
    },
  };
}
