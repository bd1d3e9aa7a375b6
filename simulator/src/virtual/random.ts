import type { Random } from "@loa/shared/kernel/ambient.ts";

/** Chance from a seed. Every user has its own named stream, so a draw added in one place moves no other. */
export interface SeededRandom extends Random {
  stream(name: string): SeededRandom;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Uniform integer in [from, to]. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  /** Throws on an empty list. */
  pick<Item>(items: readonly Item[]): Item;
}

export function createSeededRandom(seed: string): SeededRandom {
  const next = sfc32(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  return {
    next,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
    stream: (name) => createSeededRandom(`${seed}/${name}`),
    between: (from, to) => from + next() * (to - from),
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick,
  };
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, passes PractRand and BigCrush. */
function sfc32(seed: string): () => number {
  // In an array of whole numbers, as a variable that outlives the call would be a new object at every draw.
  const state = Int32Array.from(stateFrom(seed));
  const next = (): number => {
    const a = state[0] ?? 0;
    const b = state[1] ?? 0;
    const c = state[2] ?? 0;
    const d = state[3] ?? 0;
    const sum = (((a + b) | 0) + d) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    state[3] = (d + 1) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Neighbouring seeds are alike until the state has been stirred.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

/** Four words from a text: FNV-1a with four bases and a last stir (MurmurHash3's finaliser). */
function stateFrom(seed: string): [number, number, number, number] {
  const word = (basis: number): number => {
    let hash = basis;
    for (let index = 0; index < seed.length; index += 1) {
      hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) | 0;
  };
  return [word(0x811c9dc5), word(0x9e3779b9), word(0x243f6a88), word(0xb7e15162)];
}
