import { BLOCK_MS, FRAMES_PER_MS } from "./format.ts";

const PERIOD_MS = 1_000;
/** Of a second, held back by more than 6 dB: more than a door that slams. */
const SHARE = 0.01;
const RAISE_AFTER_PERIODS = 3;
const CLEAR_AFTER_PERIODS = 10;

/** Whether the limiter works hard all the time: something is far too loud. */
export interface ClippingWatch {
  /** One block with so many frames held back; answers whether the trouble stands. */
  add(clipped: number): boolean;
}

export function createClippingWatch(): ClippingWatch {
  let frames = 0;
  let passedMs = 0;
  let bad = 0;
  let good = 0;
  let isRaised = false;
  return {
    add(clipped) {
      frames += clipped;
      passedMs += BLOCK_MS;
      if (passedMs < PERIOD_MS) return isRaised;
      const isBad = frames > SHARE * PERIOD_MS * FRAMES_PER_MS;
      bad = isBad ? bad + 1 : 0;
      good = isBad ? 0 : good + 1;
      if (bad >= RAISE_AFTER_PERIODS) isRaised = true;
      if (good >= CLEAR_AFTER_PERIODS) isRaised = false;
      frames = 0;
      passedMs = 0;
      return isRaised;
    },
  };
}
