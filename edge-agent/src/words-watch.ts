import type { Timers } from "@loa/shared/kernel/ambient.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@loa/shared/kernel/time.ts";

/** After the start other things come first: the sound engine decodes the same files then. */
const FIRST_LOOK_MS = 2 * MINUTE_MS;

export interface WordsWatch {
  readonly check: () => Promise<boolean>;
  readonly found: (areWhole: boolean) => void;
  readonly timers: Timers;
}

/** Looks once a day, and more often while something is wrong or nobody could look, until it is ended by what is answered. */
export function keepWordsChecked({ check, found, timers }: WordsWatch): () => void {
  let isEnded = false;
  let cancel = timers.after(FIRST_LOOK_MS, look);

  function look(): void {
    void check()
      .catch(() => false)
      .then((areWhole) => {
        if (isEnded) return;
        found(areWhole);
        cancel = timers.after(areWhole ? DAY_MS : HOUR_MS, look);
      });
  }

  return () => {
    isEnded = true;
    cancel();
  };
}
