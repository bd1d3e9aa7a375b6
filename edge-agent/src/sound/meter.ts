import { amplitudeToDb, powerToDb } from "./format.ts";

/** Sum of squares and peak over a stretch of the mixed output. */
export interface Meter {
  energy: number;
  peak: number;
  frames: number;
  /** Frames that the limiter held back by more than 6 dB. */
  clipped: number;
}

/** What one block of one output holds. */
export interface BlockFigures {
  /** Sum of squares; 1 is full scale. */
  energy: number;
  peak: number;
  lowest: number;
  highest: number;
}

export function createMeter(): Meter {
  return { energy: 0, peak: 0, frames: 0, clipped: 0 };
}

export function resetMeter(meter: Meter): void {
  meter.energy = 0;
  meter.peak = 0;
  meter.frames = 0;
  meter.clipped = 0;
}

export function addToMeter(meter: Meter, figures: BlockFigures, frames: number): void {
  meter.energy += figures.energy;
  meter.peak = Math.max(meter.peak, figures.peak);
  meter.frames += frames;
}

/** Root mean square against a full-scale square wave, dBFS. */
export function rmsDb(meter: Meter): number {
  return meter.frames === 0 ? powerToDb(0) : powerToDb(meter.energy / meter.frames);
}

export function peakDb(meter: Meter): number {
  return amplitudeToDb(meter.peak);
}

export function measure(bus: Float32Array, into: BlockFigures): void {
  let energy = 0;
  let lowest = bus[0] ?? 0;
  let highest = lowest;
  for (let frame = 0; frame < bus.length; frame += 1) {
    const sample = bus[frame] ?? 0;
    energy += sample * sample;
    if (sample > highest) highest = sample;
    else if (sample < lowest) lowest = sample;
  }
  into.energy = energy;
  into.lowest = lowest;
  into.highest = highest;
  into.peak = Math.max(highest, -lowest);
}
