import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { powerToDb } from "../format.ts";

/** Loudness over time in slots of one length, so that what was played and what a microphone hears can be laid side by side. */
export interface Loudness {
  /** Sum of squares of so many frames that began at `at`; 1 is full scale. */
  add(at: MonotonicMs, energy: number, frames: number): void;
  /** dBFS of the slots before the one of `at`, oldest first; null where nothing was added. */
  before(at: MonotonicMs, slots: number): readonly (number | null)[];
}

export const SLOT_MS = 100;
const FLOOR_DB = -80;

/** Keeps the newest `slots` slots. */
export function createLoudness(slots: number): Loudness {
  const energies = new Float64Array(slots);
  const frames = new Float64Array(slots);
  const numbers = new Float64Array(slots).fill(-1);

  function placeOf(slot: number): number {
    return ((slot % slots) + slots) % slots;
  }

  return {
    add(at, energy, count) {
      const slot = Math.floor(at / SLOT_MS);
      const place = placeOf(slot);
      if (numbers[place] !== slot) {
        numbers[place] = slot;
        energies[place] = 0;
        frames[place] = 0;
      }
      energies[place] = (energies[place] ?? 0) + energy;
      frames[place] = (frames[place] ?? 0) + count;
    },
    before(at, count) {
      const end = Math.floor(at / SLOT_MS);
      return Array.from({ length: count }, (_, index) => {
        const slot = end - count + index;
        const place = placeOf(slot);
        if (numbers[place] !== slot || frames[place] === 0) return null;
        return Math.max(FLOOR_DB, powerToDb((energies[place] ?? 0) / (frames[place] ?? 1)));
      });
    },
  };
}
