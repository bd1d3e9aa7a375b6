import { peakOffset } from "./find-pattern.ts";
import { correlation } from "./fourier.ts";
import { NOISE_RMS } from "./known-noise.ts";
import { type Recording, timeOf } from "./recording.ts";

/** A stretch in which known noise is heard in one piece. Samples count from the beginning of the noise. */
export interface NoiseStretch {
  readonly fromAt: number;
  /** Behind its last sample. */
  readonly toAt: number;
  /** The first sample heard, to a fraction: where it was, not only which. */
  readonly fromSample: number;
  /** Behind the last sample heard. */
  readonly toSample: number;
  /** How loud against the noise itself, 1 is the same; the median where it fades. */
  readonly amplitude: number;
}

export interface NoiseOptions {
  /** Where a servo stretches the stream: how much two neighbouring windows may differ, parts per million. */
  readonly stretchPpm?: number;
}

/** Long enough to be sure, short enough to lie between two interruptions. */
const WINDOW = 2_048;
const HOP = 1_024;
/** The search for a lost place looks at every fourth sample: the noise has nothing above 4 kHz. */
const COARSE = 4;
/** Under a programme 3 dB louder the likeness is 0.58; by chance, of a million places, at most 0.25. */
const ALIKE = 0.3;
/** Smaller jumps than this are the error of the measurement. */
const SAME_PLACE_SAMPLES = 0.4;
/** What is left of a stretch that is really heard: less than this share of the noise. */
const CLEAR = 0.1;
/** Fewer samples may be quiet by chance. */
const LEAST_INSIDE = 64;

/**
 * Which samples of the noise are heard when, in order: what was lost (`toSample` → next `fromSample`), repeated, or
 * interrupted shows between the stretches. A gap at a join: `heardAt(b, 0) - heardAt(a, length)`. Less than 70 ms of noise is
 * not found, and noise that is muted for less than 80 ms and goes on as if it had been heard may stay one stretch, for less
 * than 50 ms it does (`gaps`).
 */
export function findNoise(
  recording: Recording,
  noise: Float64Array,
  options: NoiseOptions = {},
): readonly NoiseStretch[] {
  const stretchPpm = options.stretchPpm ?? 0;
  const coarseNoise = everyFourth(noise);
  const places: Place[] = [];
  for (let from = 0; from + WINDOW <= recording.samples.length; from += HOP) {
    const window = recording.samples.subarray(from, from + WINDOW);
    if (isSilent(window)) continue;
    const last = places.at(-1);
    const guess = last === undefined ? null : from + last.shift;
    const place =
      (guess === null ? null : nearby(window, noise, Math.round(guess))) ??
      anywhere(window, noise, coarseNoise);
    if (place !== null) places.push({ from, shift: place.at - from, likeness: place.likeness });
  }
  return joined(places, (HOP * stretchPpm) / 1e6)
    .filter((pieces) => pieces.length > 1)
    .map((pieces) => stretchOf(recording, noise, pieces, stretchPpm > 0));
}

/** When a sample of the noise is heard, or would be if the stretch went on. */
export function heardAt(stretch: NoiseStretch, sample: number): number {
  const { fromAt, toAt, fromSample, toSample } = stretch;
  return fromAt + ((sample - fromSample) * (toAt - fromAt)) / (toSample - fromSample);
}

/** `shift`: sample of the noise minus index in the recording. */
interface Place {
  readonly from: number;
  readonly shift: number;
  readonly likeness: number;
}

function isSilent(window: Float64Array): boolean {
  return window.every((sample) => Math.abs(sample) < 1e-4);
}

/** The window's place in the noise when it is within a few samples of the guess, to a fraction; else null. */
function nearby(window: Float64Array, noise: Float64Array, guess: number): Match | null {
  const around = 2 * COARSE;
  const from = guess - around;
  if (from < 0 || guess + around + window.length > noise.length) return null;
  const part = noise.subarray(from, guess + around + window.length);
  const fits = Array.from({ length: 2 * around + 1 }, (_, index) => sumOfProducts(window, part, index));
  const best = fits.indexOf(Math.max(...fits));
  const likeness = likenessOf(window, part.subarray(best, best + window.length), fits[best] ?? 0);
  const at = from + best + peakOffset([fits[best - 1], fits[best], fits[best + 1]]);
  return likeness < ALIKE ? null : { at, likeness };
}

interface Match {
  readonly at: number;
  readonly likeness: number;
}

function anywhere(window: Float64Array, noise: Float64Array, coarseNoise: Float64Array): Match | null {
  const fits = correlation(coarseNoise, everyFourth(window));
  let best = 0;
  for (let index = 0; index < fits.length; index += 1)
    if ((fits[index] ?? 0) > (fits[best] ?? 0)) best = index;
  const guess = Math.min(Math.max(2 * COARSE, best * COARSE), noise.length - window.length - 2 * COARSE);
  return nearby(window, noise, guess);
}

/** Neighbouring windows that say the same shift belong together. */
function joined(places: readonly Place[], stretched: number): readonly (readonly Place[])[] {
  const runs: Place[][] = [];
  for (const place of places) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isNext = last !== undefined && place.from - last.from <= 2 * HOP;
    if (run === undefined || last === undefined || !isNext) runs.push([place]);
    else if (Math.abs(place.shift - last.shift) <= stretched + uncertainty(place, last)) run.push(place);
    else runs.push([place]);
  }
  return runs;
}

/** Three standard deviations of a place found under other sound (bandwidth 4 kHz, 43 ms), and the least that counts. */
function uncertainty(a: Place, b: Place): number {
  const likeness = Math.min(1, a.likeness, b.likeness);
  return SAME_PLACE_SAMPLES + (0.54 * Math.sqrt(1 - likeness * likeness)) / likeness;
}

function stretchOf(
  recording: Recording,
  noise: Float64Array,
  pieces: readonly Place[],
  isStretched: boolean,
): NoiseStretch {
  const firstFrom = pieces[0]?.from ?? 0;
  const lastFrom = pieces.at(-1)?.from ?? 0;
  const shiftAt = shiftsOf(pieces, isStretched);
  const amplitude = medianAmplitude(recording, noise, pieces);
  const inside = Math.floor((firstFrom + lastFrom + WINDOW) / 2);
  const residual = residualOf(recording, noise, shiftAt, amplitude);
  const begin = edge(residual, { inside, surelyUntil: firstFrom, outside: firstFrom - WINDOW }, amplitude);
  const endOfLast = lastFrom + WINDOW;
  const end = edge(residual, { inside, surelyUntil: endOfLast, outside: endOfLast + WINDOW }, amplitude);
  return {
    fromAt: timeOf(recording, begin),
    toAt: timeOf(recording, end),
    fromSample: begin + shiftAt(begin),
    toSample: end + shiftAt(end),
    amplitude,
  };
}

/**
 * The shift at each index of the recording: one number where the stream is not stretched, else a line (least squares). The
 * windows at the edges half hear something else, so they do not count when there are others.
 */
function shiftsOf(pieces: readonly Place[], isStretched: boolean): (index: number) => number {
  const sure = pieces.length > 4 ? pieces.slice(1, -1) : pieces;
  const middle = median(sure.map(({ shift }) => shift));
  if (!isStretched) return () => middle;
  const meanFrom = mean(sure.map(({ from }) => from));
  const meanShift = mean(sure.map(({ shift }) => shift));
  const spread = mean(sure.map(({ from }) => (from - meanFrom) ** 2));
  const slope =
    mean(sure.map(({ from, shift }) => (from - meanFrom) * (shift - meanShift))) / Math.max(1, spread);
  return (index) => meanShift + (index - WINDOW / 2 - meanFrom) * slope;
}

function medianAmplitude(recording: Recording, noise: Float64Array, pieces: readonly Place[]): number {
  const amplitudes = pieces.map(({ from, shift }) => {
    const window = recording.samples.subarray(from, from + WINDOW);
    const at = Math.max(0, Math.round(from + shift));
    const part = noise.subarray(at, at + WINDOW);
    return sumOfProducts(part, window, 0) / Math.max(1e-9, sumOfProducts(part, part, 0));
  });
  return median(amplitudes);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The square of what is left at an index after the noise is subtracted; null where one of them has no such sample. */
function residualOf(
  recording: Recording,
  noise: Float64Array,
  shiftAt: (index: number) => number,
  amplitude: number,
): (index: number) => number | null {
  return (index) => {
    const place = index + shiftAt(index);
    const whole = Math.round(place);
    const heard = recording.samples[index];
    const here = noise[whole];
    if (heard === undefined || here === undefined) return null;
    const slope = ((noise[whole + 1] ?? here) - (noise[whole - 1] ?? here)) / 2;
    return (heard - amplitude * (here + (place - whole) * slope)) ** 2;
  };
}

interface Edge {
  /** Here the noise is surely heard … */
  readonly inside: number;
  /** … and up to here in the windows that found it … */
  readonly surelyUntil: number;
  /** … and here surely not any more. */
  readonly outside: number;
}

/**
 * The index at which the noise ends (or begins): the split that explains best that the residual is small on one side and large
 * on the other (likelihood of two variances). Exact to a sample or two at a hard cut; in a fade it lies where the fade is
 * about half done; under a louder programme only the windows tell.
 */
function edge(
  residual: (index: number) => number | null,
  { inside, surelyUntil, outside }: Edge,
  amplitude: number,
): number {
  const direction = outside > inside ? 1 : -1;
  const squares: number[] = [];
  // An index is the edge before its sample: going backwards the first sample inside is the one before `inside`.
  for (let index = direction > 0 ? inside : inside - 1; index !== outside; index += direction) {
    const square = residual(index);
    if (square === null) break;
    squares.push(square);
  }
  const clear = CLEAR * amplitude ** 2 * NOISE_RMS ** 2;
  // The window that found it last may be half outside, not more.
  const least = Math.max(LEAST_INSIDE, Math.abs(surelyUntil - inside) - WINDOW);
  const split = bestSplit(squares, least, clear);
  if (split !== null) return inside + direction * split;
  const isCleanThroughout = mean(squares) < clear;
  return isCleanThroughout ? inside + direction * squares.length : surelyUntil;
}

/** How many of the first belong together, at least `least`; null when no split is clear. */
function bestSplit(squares: readonly number[], least: number, clear: number): number | null {
  /** The error of 16 bits: below it nothing is known. */
  const floor = 1e-9;
  const total = squares.reduce((sum, square) => sum + square, 0);
  const count = squares.length;
  const costOf = (sum: number, samples: number) => samples * Math.log(floor + sum / samples);
  let best: number | null = null;
  let lowest = costOf(total, count);
  let before = 0;
  for (let split = 1; split < count; split += 1) {
    before += squares[split - 1] ?? 0;
    const quiet = before / split;
    const loud = (total - before) / (count - split);
    if (split < least || loud < clear || loud < 4 * quiet) continue;
    const cost = costOf(before, split) + costOf(total - before, count - split);
    if (cost >= lowest) continue;
    lowest = cost;
    best = split;
  }
  return best;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
}

function sumOfProducts(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[from + index] ?? 0);
  return sum;
}

function likenessOf(window: Float64Array, part: Float64Array, fit: number): number {
  return fit / Math.sqrt(Math.max(1e-12, sumOfProducts(window, window, 0) * sumOfProducts(part, part, 0)));
}

/** Without aliases for what has nothing above 4 kHz. */
function everyFourth(samples: Float64Array): Float64Array {
  return Float64Array.from(
    { length: Math.floor(samples.length / COARSE) },
    (_, index) => samples[index * COARSE] ?? 0,
  );
}
