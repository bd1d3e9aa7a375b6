import { BLOCK_FRAMES, BLOCK_MS, SAMPLE_RATE_HZ } from "./format.ts";
import { createRepeatFinder, LOOKS_BACK_MS } from "./repeat-finder.ts";

const PERIOD_BLOCKS = SAMPLE_RATE_HZ / BLOCK_FRAMES;
const LOOKS_BACK_BLOCKS = LOOKS_BACK_MS / BLOCK_MS;
/** Seconds in a row that hold nothing new. Music repeats, but not to the last overtone and not for so long. */
const RAISE_AFTER_PERIODS = 8;
const CLEAR_AFTER_PERIODS = 3;
/** One value without end: it moves by no more than rounding, and it is not zero. */
const STILL_RANGE = 4 / 32_768;
const STILL_LEAST = 100 / 32_768;

/** Whether the same short piece is heard over and over, or one value without end. */
export interface StuckWatch {
  /**
   * One block of the mix; `isJudged` is false while nothing sounds or something that repeats by design (siren, tone).
   * Answers whether the trouble stands.
   */
  add(bus: Float32Array, lowest: number, highest: number, isJudged: boolean): boolean;
}

export function createStuckWatch(): StuckWatch {
  const repeats = createRepeatFinder();
  /** Since when, in blocks, what is heard can be judged. */
  let judged = 0;
  let blocks = 0;
  let stillBlocks = 0;
  let bad = 0;
  let good = 0;
  let isRaised = false;

  function judge(): void {
    const isStill = stillBlocks === PERIOD_BLOCKS;
    const isStuck = isStill || (judged >= LOOKS_BACK_BLOCKS && repeats.hasNothingNew());
    bad = isStuck ? bad + 1 : 0;
    good = isStuck ? 0 : good + 1;
    if (bad >= RAISE_AFTER_PERIODS) isRaised = true;
    if (good >= CLEAR_AFTER_PERIODS) isRaised = false;
    blocks = 0;
    stillBlocks = 0;
  }

  return {
    add(bus, lowest, highest, isJudged) {
      judged = isJudged ? judged + 1 : 0;
      if (isJudged) repeats.add(bus);
      const isStill = highest - lowest <= STILL_RANGE && Math.max(highest, -lowest) >= STILL_LEAST;
      if (isJudged && isStill) stillBlocks += 1;
      blocks += 1;
      if (blocks >= PERIOD_BLOCKS) judge();
      return isRaised;
    },
  };
}
