/** Sound needs 3 ms a metre, the card and the stream some tens more: looked for up to this late, slots. */
export const MOST_LATE_SLOTS = 15;
/** So much of the output is compared, slots. */
export const COMPARED_SLOTS = 80;
/** Fewer slots than this say nothing. */
const FEWEST_SLOTS = 40;
/** An even tone goes neither up nor down: nothing tells it from the noise of a motor. Standard deviation, dB. */
const LEAST_MOVEMENT_DB = 3;

type Levels = readonly (number | null)[];

/**
 * How well what the microphone hears goes up and down with what was played, 0 to 1: the best correlation of the two
 * loudness curves over all delays. Null: the output was too even, or too short, to tell. `heard` is longer than
 * `played` by `MOST_LATE_SLOTS` and ends with the present; `played` ends that much earlier.
 */
export function follows(played: Levels, heard: Levels): number | null {
  let best: number | null = null;
  for (let late = 0; late <= MOST_LATE_SLOTS; late += 1) {
    const found = correlation(played, heard.slice(late, late + played.length));
    if (found !== null && (best === null || found > best)) best = found;
  }
  return best === null ? null : Math.max(0, best);
}

function correlation(played: Levels, heard: Levels): number | null {
  const pairs = played.flatMap((level, index): (readonly [number, number])[] => {
    const answer = heard[index];
    return level === null || answer === null || answer === undefined ? [] : [[level, answer]];
  });
  if (pairs.length < FEWEST_SLOTS) return null;
  const meanPlayed = mean(pairs.map(([level]) => level));
  const meanHeard = mean(pairs.map(([, level]) => level));
  let together = 0;
  let ofPlayed = 0;
  let ofHeard = 0;
  for (const [level, answer] of pairs) {
    together += (level - meanPlayed) * (answer - meanHeard);
    ofPlayed += (level - meanPlayed) ** 2;
    ofHeard += (answer - meanHeard) ** 2;
  }
  if (Math.sqrt(ofPlayed / pairs.length) < LEAST_MOVEMENT_DB) return null;
  return ofHeard === 0 ? 0 : together / Math.sqrt(ofPlayed * ofHeard);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
