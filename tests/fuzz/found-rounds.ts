import type { Fuzz } from "./fuzz.ts";

/** What a fuzzer has once found, and the rounds before it that led there: they are run with every test. */
export interface FoundRound {
  readonly part: Fuzz["name"];
  readonly seed: string;
  readonly round: number;
  readonly count: number;
  readonly what: string;
}

export const foundRounds: readonly FoundRound[] = [
  {
    part: "inbox",
    seed: "2426742028",
    round: 23,
    count: 1,
    what: "a plan with areas that the broker does not let it hear kept the box off for ever",
  },
];
