/** How a loudspeaker line measures today against what it was. */
export interface LineTrend {
  /** Of the newest test that measured it. */
  readonly latest: number;
  /** The middle of all tests before it; null while they are too few to say. */
  readonly usual: number | null;
  /** How far the latest is from the usual, share of the usual: −0.25 is a quarter less. */
  readonly change: number | null;
}

/** Of so few tests nobody knows what is usual. */
const FEWEST_BEFORE = 3;

/** Newest first; null for tests that did not measure it. The middle, so that one odd night changes nothing. */
export function trendOf(measured: readonly (number | null)[]): LineTrend | null {
  const [latest, ...before] = measured.filter((one) => one !== null);
  if (latest === undefined) return null;
  if (before.length < FEWEST_BEFORE) return { latest, usual: null, change: null };
  const usual = middleOf(before);
  return { latest, usual, change: usual === 0 ? null : (latest - usual) / usual };
}

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? 0;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? upper) + upper) / 2 : upper;
}
