const RATE_HZ = 48_000;
const SYLLABLE_FRAMES = 9_600;

/** Uniform between −1 and 1, the same in every run. */
export function createNoise(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  };
}

/**
 * Something like speech: five syllables a second, each with a pitch that moves, two formants and a breath of noise of
 * its own, and every few syllables a short rest. A pure function of the frame.
 */
export function speechLike(): (frame: number) => number {
  return (frame) => {
    const syllable = Math.floor(frame / SYLLABLE_FRAMES);
    const draw = (which: number) => hash(syllable * 8 + which);
    if (draw(0) < 0.15) return 0;
    const place = (frame % SYLLABLE_FRAMES) / SYLLABLE_FRAMES;
    const envelope = Math.sin(Math.PI * place) ** 0.5;
    const seconds = (frame % SYLLABLE_FRAMES) / RATE_HZ;
    const pitch = 2 * Math.PI * (100 + 80 * draw(1)) * (seconds + (draw(2) - 0.5) * seconds * place);
    const first = Math.round(2 + 5 * draw(3));
    const second = Math.round(8 + 9 * draw(4));
    const voice = Math.sin(pitch) + 0.8 * Math.sin(first * pitch) + 0.5 * Math.sin(second * pitch + draw(5));
    return envelope * (0.12 * voice + 0.05 * (2 * hash(frame + 77_777_777) - 1));
  };
}

/** 0 to 1. */
function hash(number: number): number {
  let state = Math.imul(number ^ (number >>> 16), 0x45d9f3b);
  state = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
  return ((state ^ (state >>> 16)) >>> 0) / 4_294_967_296;
}
