import { asMonotonic } from "@loa/shared/kernel/instants.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { BLOCK_FRAMES, BLOCK_MS, CALM_TICK_MS, FRAMES_PER_MS } from "./format.ts";
import type { OutputLayout } from "./output-layout.ts";
import { BLOCKS_A_TICK_LIMIT, LONGEST_CATCH_UP_MS, type OutputStage } from "./output-stage.ts";
import { toPcm16 } from "./pcm16.ts";
import type { SoundSink } from "./sink.ts";

const HALF_FRAME_MS = 0.5 / FRAMES_PER_MS;

/** For sinks that count our own time: every sample goes through bit by bit. */
export function createExactStage(sink: SoundSink, layout: OutputLayout): OutputStage {
  const block = new Int16Array(BLOCK_FRAMES * layout.outputs.length);
  let blockAt = sink.nextHeardAt;
  return {
    tickMs: CALM_TICK_MS,
    begin() {
      blockAt = sink.nextHeardAt;
    },
    fill(_now, mix) {
      const lostMs = sink.nextHeardAt - blockAt;
      if (lostMs <= LONGEST_CATCH_UP_MS) {
        for (; sink.nextHeardAt - blockAt > HALF_FRAME_MS; blockAt = asMonotonic(blockAt + BLOCK_MS))
          mix(blockAt, false);
      }
      blockAt = sink.nextHeardAt;
      for (let blocks = 0; sink.roomFrames >= BLOCK_FRAMES && blocks < BLOCKS_A_TICK_LIMIT; blocks += 1) {
        const { buses } = mix(blockAt, true);
        toPcm16(buses, BLOCK_FRAMES, block);
        const written = sink.write(block);
        if (!written.ok) return written;
        blockAt = asMonotonic(blockAt + BLOCK_MS);
      }
      return ok(undefined);
    },
  };
}
