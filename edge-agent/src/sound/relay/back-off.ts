import type { Random } from "@loa/shared/kernel/ambient.ts";

/** How long to wait before the next attempt. */
export interface BackOff {
  nextMs(): number;
  /** It worked: the next trouble starts from the beginning. */
  reset(): void;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Full jitter (Amazon Builders' Library, "Timeouts, retries, and backoff with jitter"): a station that fails does not
 * get a thousand boxes at once when it is back. `longestMs` is asked each time: as long as the buffer lasts, hurry.
 */
export function createBackOff(random: Random, longestMs: () => number): BackOff {
  let attempts = 0;
  return {
    nextMs() {
      const ceiling = Math.min(LONGEST_MS, longestMs(), FIRST_MS * 2 ** attempts);
      attempts = Math.min(attempts + 1, 10);
      return random.next() * ceiling;
    },
    reset() {
      attempts = 0;
    },
  };
}
