import { assert } from "@loa/shared/kernel/result.ts";
import { BLOCK_FRAMES } from "./format.ts";

/**
 * Reads a stream at any place between its samples: a polyphase windowed sinc (32 taps, Kaiser β = 8, 256 phases and
 * straight lines between them: errors below −90 dBFS). At whole places it gives back the very samples.
 */
export interface Resampler {
  /** Frames ever put in. */
  readonly written: number;
  /** Where, counted in frames put in, the next frame is read; its fraction lies between two frames. */
  readonly place: number;
  push(buses: readonly Float32Array[], frames: number): void;
  /** Whether `count` frames can be read at `step` frames of input for one of output. */
  canPull(count: number, step: number): boolean;
  pull(into: readonly Float32Array[], count: number, step: number): void;
  /** The same where only silence can be read. */
  pullSilence(into: readonly Float32Array[], count: number, step: number): void;
  /** Forgets what was put in; the next frame is read `ahead` frames behind the next one put in. */
  restart(ahead: number): void;
}

const HALF_TAPS = 16;
const TAPS = 2 * HALF_TAPS;
const PHASES = 256;
const BETA = 8;
/** Two blocks to read from, one to put in, and the taps around them. */
const CAPACITY = 4 * BLOCK_FRAMES;

const filter = makeFilter();

export function createResampler(channels: number): Resampler {
  const lines = Array.from({ length: channels }, () => new Float32Array(CAPACITY));
  /** Number of the frame that lies first in the lines. */
  let first = -HALF_TAPS;
  let written = 0;
  let place = 0;

  /** Moves what is still needed to the front. */
  function makeRoom(frames: number): void {
    const needless = Math.floor(place) - HALF_TAPS - first;
    if (written - first + frames <= CAPACITY || needless <= 0) return;
    for (const line of lines) line.copyWithin(0, needless, written - first);
    first += needless;
  }

  return {
    get written() {
      return written;
    },
    get place() {
      return place;
    },
    push(buses, frames) {
      makeRoom(frames);
      const at = written - first;
      assert(at + frames <= CAPACITY, "resampler: more was put in than is read");
      for (let channel = 0; channel < channels; channel += 1) {
        const bus = buses[channel];
        if (bus !== undefined) lines[channel]?.set(frames === bus.length ? bus : bus.subarray(0, frames), at);
      }
      written += frames;
    },
    canPull: (count, step) => Math.floor(place + (count - 1) * step) + HALF_TAPS < written,
    pull(into, count, step) {
      for (let channel = 0; channel < channels; channel += 1) {
        const line = lines[channel];
        const out = into[channel];
        if (line !== undefined && out !== undefined) interpolate(line, place - first, out, count, step);
      }
      place += count * step;
    },
    pullSilence(into, count, step) {
      for (const out of into) out.fill(0);
      place += count * step;
    },
    restart(ahead) {
      for (const line of lines) line.fill(0);
      first = written - HALF_TAPS;
      place = written + ahead;
    },
  };
}

/** Two neighbours at a time where they use the same row of taps: at the step of a card they nearly always do. */
function interpolate(line: Float32Array, from: number, out: Float32Array, count: number, step: number): void {
  for (let frame = 0; frame < count; ) {
    const at = from + frame * step;
    const whole = Math.floor(at);
    const phase = (at - whole) * PHASES;
    const row = Math.floor(phase);
    const nextPhase = (from + (frame + 1) * step - (whole + 1)) * PHASES;
    const begin = whole - HALF_TAPS + 1;
    if (frame + 1 < count && Math.floor(nextPhase) === row) {
      writeTwo(line, begin, row, out, frame, phase - row, nextPhase - row);
      frame += 2;
    } else {
      writeOne(line, begin, row, out, frame, phase - row);
      frame += 1;
    }
  }
}

function writeOne(
  line: Float32Array,
  begin: number,
  row: number,
  out: Float32Array,
  frame: number,
  between: number,
): void {
  const tap = row * TAPS;
  let low = 0;
  let high = 0;
  for (let index = 0; index < TAPS; index += 1) {
    const sample = line[begin + index] ?? 0;
    low += sample * (filter[tap + index] ?? 0);
    high += sample * (filter[tap + TAPS + index] ?? 0);
  }
  out[frame] = low + (high - low) * between;
}

/** The same for a frame and the one behind it: taps and samples are fetched once for both. */
function writeTwo(
  line: Float32Array,
  begin: number,
  row: number,
  out: Float32Array,
  frame: number,
  between: number,
  nextBetween: number,
): void {
  const tap = row * TAPS;
  let low = 0;
  let high = 0;
  let nextLow = 0;
  let nextHigh = 0;
  let sample = line[begin] ?? 0;
  for (let index = 0; index < TAPS; index += 1) {
    const nextSample = line[begin + index + 1] ?? 0;
    const lowTap = filter[tap + index] ?? 0;
    const highTap = filter[tap + TAPS + index] ?? 0;
    low += sample * lowTap;
    high += sample * highTap;
    nextLow += nextSample * lowTap;
    nextHigh += nextSample * highTap;
    sample = nextSample;
  }
  out[frame] = low + (high - low) * between;
  out[frame + 1] = nextLow + (nextHigh - nextLow) * nextBetween;
}

/**
 * One row of taps for each fraction, and one more so that the last has a neighbour. Rounded to 32 bits, at whole places
 * they are 0 and 1; kept as 64, they need no widening at every use.
 */
function makeFilter(): Float64Array {
  const rows = new Float64Array((PHASES + 1) * TAPS);
  for (let row = 0; row <= PHASES; row += 1) {
    for (let index = 0; index < TAPS; index += 1) {
      const distance = index - HALF_TAPS + 1 - row / PHASES;
      rows[row * TAPS + index] = Math.fround(sinc(distance) * kaiser(distance / HALF_TAPS));
    }
  }
  return rows;
}

function sinc(x: number): number {
  return Number.isInteger(x) ? Number(x === 0) : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let order = 1; term > sum * 1e-12; order += 1) {
    term *= (x / (2 * order)) ** 2;
    sum += term;
  }
  return sum;
}
