import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { BLOCK_FRAMES, BLOCK_MS, FRAMES_PER_MS } from "./format.ts";
import { addToMeter, createMeter, peakDb, resetMeter, rmsDb } from "./meter.ts";
import type { OutputBuses } from "./output-buses.ts";
import type { ReportQueue } from "./report-queue.ts";

const PERIOD_BLOCKS = 1_000 / BLOCK_MS;

/** The meter of the mixed output: one report a second while something sounds. */
export interface LevelReports {
  /** The block heard from `heardAt` on; `endFrame` is where a sound ended in it. */
  add(output: OutputBuses, sounded: boolean, heardAt: MonotonicMs, endFrame: number | null): void;
}

export function createLevelReports(reports: ReportQueue): LevelReports {
  const level = createMeter();
  let blocks = 0;

  function report(at: MonotonicMs): void {
    reports.add({ kind: "level", at, rmsDb: rmsDb(level), peakDb: peakDb(level), clipped: level.clipped });
    resetMeter(level);
    blocks = 0;
  }

  return {
    add(output, sounded, heardAt, endFrame) {
      if (!sounded && level.frames === 0) return;
      addToMeter(level, output.figures, BLOCK_FRAMES);
      level.clipped += output.clipped;
      blocks += 1;
      // A sound shorter than a period has a level too, told before its end.
      if (endFrame !== null && level.energy > 0) report(asMonotonic(heardAt + endFrame / FRAMES_PER_MS));
      else if (blocks >= PERIOD_BLOCKS) report(asMonotonic(heardAt + BLOCK_MS));
    },
  };
}
