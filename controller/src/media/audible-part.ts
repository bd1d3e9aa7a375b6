/** Where the sound of a clip begins and ends, in stretches of one length. */
export interface AudiblePart {
  /** First stretch that is kept. */
  readonly from: number;
  /** One past the last stretch that is kept. */
  readonly to: number;
}

export interface TrimRule {
  /** What stays below this as it will be played, the clip's gain included, is silence; dBFS of its peaks. */
  readonly belowDb: number;
  /** Silence that is kept before the first and after the last sound, ms. */
  readonly keepMs: number;
}

/**
 * Cuts silence away at both ends and nowhere else. `peaks` are those of stretches of `stretchMs`, 0 to 1. Null when
 * no stretch is loud enough.
 */
export function audiblePart(
  peaks: readonly number[],
  stretchMs: number,
  { belowDb, keepMs }: TrimRule,
  gainDb: number,
): AudiblePart | null {
  const least = 10 ** ((belowDb - gainDb) / 20);
  const isSound = (peak: number) => peak >= least;
  const first = peaks.findIndex(isSound);
  if (first < 0) return null;
  const last = peaks.findLastIndex(isSound);
  const keep = Math.ceil(keepMs / stretchMs);
  return { from: Math.max(0, first - keep), to: Math.min(peaks.length, last + 1 + keep) };
}
