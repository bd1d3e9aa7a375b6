import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Refusal } from "@loa/shared/wire/envelope.ts";
import { doorRefusals } from "./bus/door.ts";

/** Why what boxes said was not believed, or not taken. */
export const refusedWords = [...doorRefusals, "too-fast", "store-behind", "unplanned-occurrence"] as const;
export type RefusedWord = (typeof refusedWords)[number];

/** Since the start. */
export interface Counters {
  refuse(box: BoxId, reason: RefusedWord): void;
  refused(): Readonly<Partial<Record<RefusedWord, number>>>;
  /** A box has refused what came to it in the name of the control room, whoever sent it. */
  refuseAt(box: BoxId, reason: Refusal): void;
  refusedByBoxes(): Readonly<Partial<Record<Refusal, number>>>;
}

/** Whoever sends rubbish is logged once for each power of ten, not once for each message. */
export function createCounters(log: Log): Counters {
  const refused = createTally<RefusedWord>();
  const refusedByBoxes = createTally<Refusal>();
  return {
    refuse(box, reason) {
      const count = refused.add(reason);
      if (isRound(count)) log.warn("message.refused", { box, reason, count });
    },
    refused: refused.counts,
    refuseAt(box, reason) {
      const count = refusedByBoxes.add(reason);
      if (isRound(count)) log.warn("command.refused-at-box", { box, reason, count });
    },
    refusedByBoxes: refusedByBoxes.counts,
  };
}

export interface Tally<Word extends string> {
  /** How often it is now. */
  add(word: Word): number;
  counts(): Readonly<Partial<Record<Word, number>>>;
}

export function createTally<Word extends string>(): Tally<Word> {
  const counts: Partial<Record<Word, number>> = {};
  return {
    add(word) {
      const count = (counts[word] ?? 0) + 1;
      counts[word] = count;
      return count;
    },
    counts: () => ({ ...counts }),
  };
}

/** 1, 10, 100 and so on. */
export function isRound(count: number): boolean {
  return Number.isInteger(Math.log10(count));
}
