/** One kind of attack. The same seed and round say the same bytes. */
export interface Fuzz {
  readonly name: "broker" | "inbox";
  /** Throws at what it finds. */
  run(options: FuzzOptions): Promise<{ readonly rounds: number; readonly note: string }>;
}

export interface FuzzOptions {
  readonly seed: string;
  readonly firstRound: number;
  /** Asked before each round. */
  readonly isOver: (round: number) => boolean;
}
