import { amplitudeToDb, powerToDb } from "./format.ts";

/** Sum of squares and peak over a stretch of the mixed output. */
export interface Meter {
  energy: number;
  peak: number;
  frames: number;
}

export function createMeter(): Meter {
  return { energy: 0, peak: 0, frames: 0 };
}

export function resetMeter(meter: Meter): void {
  meter.energy = 0;
  meter.peak = 0;
  meter.frames = 0;
}

export function addToMeter(meter: Meter, energy: number, peak: number, frames: number): void {
  meter.energy += energy;
  meter.peak = Math.max(meter.peak, peak);
  meter.frames += frames;
}

/** Root mean square against a full-scale square wave, dBFS. */
export function rmsDb(meter: Meter): number {
  return meter.frames === 0 ? powerToDb(0) : powerToDb(meter.energy / meter.frames);
}

export function peakDb(meter: Meter): number {
  return amplitudeToDb(meter.peak);
}
