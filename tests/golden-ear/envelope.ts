import { toneDb } from "./goertzel.ts";
import { rmsDb } from "./level.ts";
import { durationMs, type Recording, slice, timeOf } from "./recording.ts";

/** The level of one window; `at` is its middle. */
export interface LevelAt {
  readonly at: number;
  readonly db: number;
}

/** The level over time (RMS, dBFS) in windows of `windowMs`, one after the other. */
export function envelope(recording: Recording, windowMs: number): readonly LevelAt[] {
  return windows(recording, windowMs).map((window) => ({ at: middleOf(window), db: rmsDb(window) }));
}

/** The level of one tone over time (dBFS of its peak), whatever else is heard. Windows of whole periods are the best. */
export function toneEnvelope(
  recording: Recording,
  frequencyHz: number,
  windowMs: number,
): readonly LevelAt[] {
  return windows(recording, windowMs).map((window) => ({
    at: middleOf(window),
    db: toneDb(window, frequencyHz),
  }));
}

export interface Ramp {
  /** The level begins to move here … */
  readonly fromAt: number;
  /** … and has arrived here. */
  readonly toAt: number;
  readonly fromDb: number;
  readonly toDb: number;
  /** The largest change from one window to the next: a ramp has none that is heard as a click. */
  readonly steepestDb: number;
}

/**
 * The ramp or fade between the level at the beginning and the one at the end; null when they do not differ by more than
 * `moved` dB. Silence counts as −60 dB, since a fade to nothing has no end in dB.
 */
export function rampIn(levels: readonly LevelAt[], moved = 0.5): Ramp | null {
  const floored = levels.map(({ at, db }) => ({ at, db: Math.max(-60, db) }));
  const first = floored[0];
  const last = floored.at(-1);
  if (first === undefined || last === undefined || Math.abs(last.db - first.db) <= moved) return null;
  const fromIndex = floored.findIndex(({ db }) => Math.abs(db - first.db) > moved) - 1;
  const toIndex = floored.findLastIndex(({ db }) => Math.abs(db - last.db) > moved) + 1;
  const steps = floored.slice(1).map(({ db }, index) => Math.abs(db - (floored[index]?.db ?? db)));
  return {
    fromAt: floored[fromIndex]?.at ?? first.at,
    toAt: floored[toIndex]?.at ?? last.at,
    fromDb: first.db,
    toDb: last.db,
    steepestDb: Math.max(0, ...steps),
  };
}

function windows(recording: Recording, windowMs: number): readonly Recording[] {
  const count = Math.floor(durationMs(recording) / windowMs + 1e-6);
  return Array.from({ length: count }, (_, index) => {
    const fromAt = recording.firstSampleAt + index * windowMs;
    return slice(recording, fromAt, fromAt + windowMs);
  });
}

function middleOf(window: Recording): number {
  return timeOf(window, window.samples.length / 2);
}
