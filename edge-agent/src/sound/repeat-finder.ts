import { BLOCK_FRAMES, FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";

/** What a judgement needs to have been given without a gap. */
export const LOOKS_BACK_MS = 2_520;

/** Looks back for an earlier second that is the same as the last one. */
export interface RepeatFinder {
  add(bus: Float32Array): void;
  /**
   * Whether the last second is what was heard 15 ms to 1.5 s before it (likeness 0.97). A tone is like itself after
   * every wave of less than 15 ms: it is not meant. Quieter than −55 dBFS says nothing.
   */
  hasNothingNew(): boolean;
}

const JUDGED_MS = 1_000;
const SHORTEST_PIECE_MS = 15;
const LONGEST_PIECE_MS = 1_500;
const LIKENESS = 0.97;
/** The rough look compares averages of a millisecond; where the piece ends between two of them they differ. */
const ROUGH_LIKENESS = 0.6;
const LEAST_POWER = 10 ** (-55 / 10);
/** The fine look takes every 16th sample. */
const FINE_STRIDE = 16;
/** Lags of the rough look whose products are made together. */
const LAGS_AT_ONCE = 4;

export function createRepeatFinder(): RepeatFinder {
  const kept = createTail(LOOKS_BACK_MS * FRAMES_PER_MS);
  const rough = createTail(LOOKS_BACK_MS);
  const roughBlock = new Float32Array(BLOCK_FRAMES / FRAMES_PER_MS);
  const products = new Float64Array(LAGS_AT_ONCE);

  function add(bus: Float32Array): void {
    append(kept, bus);
    for (let index = 0; index < roughBlock.length; index += 1) {
      let sum = 0;
      for (let frame = 0; frame < FRAMES_PER_MS; frame += 1) sum += bus[index * FRAMES_PER_MS + frame] ?? 0;
      roughBlock[index] = sum / FRAMES_PER_MS;
    }
    append(rough, roughBlock);
  }

  /** The products of four lags are made together: a second is fetched once for all of them. */
  function bestRoughLag(): number | null {
    const { values, end } = rough;
    const begin = end - JUDGED_MS;
    const energy = energyOf(values, begin, end);
    let earlierEnergy = energyOf(values, begin - SHORTEST_PIECE_MS, end - SHORTEST_PIECE_MS);
    let best: number | null = null;
    let most = ROUGH_LIKENESS;
    for (let lag = SHORTEST_PIECE_MS; lag <= LONGEST_PIECE_MS; lag += 1) {
      const nth = (lag - SHORTEST_PIECE_MS) % products.length;
      if (nth === 0) multiply(values, begin, end, lag, products);
      const like = likenessOf(products[nth] ?? 0, energy, earlierEnergy);
      if (like > most) {
        most = like;
        best = lag;
      }
      // The next one's second begins a value earlier. Rounding must not leave less than nothing of silence.
      const entering = values[begin - lag - 1] ?? 0;
      const leaving = values[end - lag - 1] ?? 0;
      earlierEnergy = Math.max(0, earlierEnergy + entering * entering - leaving * leaving);
    }
    return best;
  }

  function bestFineLag(roughLag: number): number {
    const middle = roughLag * FRAMES_PER_MS;
    let best = middle;
    let most = -1;
    for (let lag = middle - FRAMES_PER_MS; lag <= middle + FRAMES_PER_MS; lag += 1) {
      const like = likeness(kept, SAMPLE_RATE_HZ, lag, FINE_STRIDE);
      if (like <= most) continue;
      most = like;
      best = lag;
    }
    return best;
  }

  function isTone(): boolean {
    for (let lag = FRAMES_PER_MS / 2; lag < SHORTEST_PIECE_MS * FRAMES_PER_MS; lag += 1) {
      if (likeness(kept, SAMPLE_RATE_HZ, lag, FINE_STRIDE) > LIKENESS) return true;
    }
    return false;
  }

  return {
    add,
    hasNothingNew() {
      if (power(kept, SAMPLE_RATE_HZ) < LEAST_POWER) return false;
      const roughLag = bestRoughLag();
      if (roughLag === null) return false;
      return likeness(kept, SAMPLE_RATE_HZ, bestFineLag(roughLag), 1) > LIKENESS && !isTone();
    },
  };
}

/** The last `length` values before `end`, and room for as many, so that they are seldom moved. */
interface Tail {
  readonly values: Float32Array;
  readonly length: number;
  end: number;
}

function createTail(length: number): Tail {
  return { values: new Float32Array(2 * length), length, end: length };
}

function append(tail: Tail, block: Float32Array): void {
  if (tail.end + block.length > tail.values.length) {
    tail.values.copyWithin(0, tail.end - tail.length, tail.end);
    tail.end = tail.length;
  }
  tail.values.set(block, tail.end);
  tail.end += block.length;
}

function power({ values, end }: Tail, count: number): number {
  return energyOf(values, end - count, end) / count;
}

function energyOf(values: Float32Array, begin: number, end: number): number {
  let energy = 0;
  for (let index = begin; index < end; index += 1) energy += (values[index] ?? 0) ** 2;
  return energy;
}

/** Sums of products of the values from `begin` to `end` with those `lag`, `lag + 1`, … before them. */
function multiply(values: Float32Array, begin: number, end: number, lag: number, into: Float64Array): void {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let secondEarlier = values[begin - lag - 1] ?? 0;
  let thirdEarlier = values[begin - lag - 2] ?? 0;
  let fourthEarlier = values[begin - lag - 3] ?? 0;
  for (let index = begin; index < end; index += 1) {
    const sample = values[index] ?? 0;
    const earlier = values[index - lag] ?? 0;
    first += sample * earlier;
    second += sample * secondEarlier;
    third += sample * thirdEarlier;
    fourth += sample * fourthEarlier;
    fourthEarlier = thirdEarlier;
    thirdEarlier = secondEarlier;
    secondEarlier = earlier;
  }
  into[0] = first;
  into[1] = second;
  into[2] = third;
  into[3] = fourth;
}

/** Correlation of the last `count` values with those `lag` before them, −1 to 1. */
function likeness({ values, end }: Tail, count: number, lag: number, stride: number): number {
  let product = 0;
  let energy = 0;
  let earlierEnergy = 0;
  for (let index = end - count; index < end; index += stride) {
    const sample = values[index] ?? 0;
    const earlier = values[index - lag] ?? 0;
    product += sample * earlier;
    energy += sample * sample;
    earlierEnergy += earlier * earlier;
  }
  return likenessOf(product, energy, earlierEnergy);
}

function likenessOf(product: number, energy: number, earlierEnergy: number): number {
  const both = Math.sqrt(energy * earlierEnergy);
  return both === 0 ? 0 : product / both;
}
