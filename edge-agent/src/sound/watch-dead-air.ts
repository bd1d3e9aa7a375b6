import { BLOCK_FRAMES, BLOCK_MS, powerToDb } from "./format.ts";
import type { BlockFigures } from "./meter.ts";

/** Quieter than the noise of any studio. */
const SILENCE_BELOW_DB = -60;
/** No speaker and no piece of music is silent for so long. */
const RAISE_AFTER_MS = 10_000;
/** So much sound is more than a crackle on a dead line. */
const SOUND_MS = 300;
/** So much of it ends the trouble. */
const CLEAR_AFTER_MS = 1_000;

/** Whether something should be heard and nothing is. */
export interface DeadAirWatch {
  /** One block; answers whether the trouble stands. */
  add(figures: BlockFigures, shouldSound: boolean): boolean;
}

export function createDeadAirWatch(): DeadAirWatch {
  let silentMs = 0;
  /** Grows with sound, shrinks half as fast with silence: the gaps between words do not take it back. */
  let soundMs = 0;
  let isRaised = false;
  return {
    add({ energy }, shouldSound) {
      if (!shouldSound) {
        silentMs = 0;
        soundMs = 0;
        isRaised = false;
        return false;
      }
      const isSilent = powerToDb(energy / BLOCK_FRAMES) < SILENCE_BELOW_DB;
      soundMs = isSilent ? Math.max(0, soundMs - BLOCK_MS / 2) : Math.min(CLEAR_AFTER_MS, soundMs + BLOCK_MS);
      if (soundMs >= SOUND_MS) silentMs = 0;
      else if (isSilent) silentMs += BLOCK_MS;
      if (silentMs >= RAISE_AFTER_MS) isRaised = true;
      if (soundMs >= CLEAR_AFTER_MS) isRaised = false;
      return isRaised;
    },
  };
}
