/** Everything inside the engine is at 48 kHz, mono for 100 V horn lines, else stereo. */
export const SAMPLE_RATE_HZ = 48_000;

export const FRAMES_PER_MS = SAMPLE_RATE_HZ / 1_000;

/** The engine mixes in blocks of 20 ms. */
export const BLOCK_FRAMES = 960;

export const BLOCK_MS = BLOCK_FRAMES / FRAMES_PER_MS;

/**
 * How often the engine is woken. No divisor and no multiple of the periods of cards (5, 10, 20 ms): one that tells its
 * place only once a period is then seen at every point of it, and its error averages out.
 */
export const TICK_MS = 13;

/**
 * The same while a card tells its place finely, and for sinks without a crystal: being woken costs more than mixing. At
 * least 77 ms are then written ahead (buffer, less a block, less this).
 */
export const CALM_TICK_MS = 23;

/** How far the engine writes ahead of the ear: long enough for a busy Pi, short enough for an emergency. */
export const SINK_BUFFER_MS = 120;

/** What a meter says about silence, so that no report carries minus infinity. */
export const SILENCE_DB = -120;

export function dbToGain(db: number): number {
  return 10 ** (db / 20);
}

/** Level of a mean square (1 is full scale), dBFS. */
export function powerToDb(meanSquare: number): number {
  return meanSquare <= 0 ? SILENCE_DB : Math.max(SILENCE_DB, 10 * Math.log10(meanSquare));
}

export function amplitudeToDb(amplitude: number): number {
  return powerToDb(amplitude * amplitude);
}
