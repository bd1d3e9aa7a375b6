/** What may hold the loudspeaker. */
export const rungs = [
  "silence-key",
  "emergency-actual",
  "emergency-exercise",
  "live",
  "priority",
  "scheduled",
  "automation",
  "test-tone",
] as const;
export type Rung = (typeof rungs)[number];

interface RungRule {
  /** 1 is the highest. */
  readonly rank: number;
  /** What happens to a source of this rung after a higher one has let go of the loudspeaker. */
  readonly afterInterruption: "continue" | "rejoin" | "drop";
  /** Whether quiet hours silence it. */
  readonly quietHours: "bound" | "exempt";
  /** What comes late is joined where the clock says, or said from its beginning whenever it comes. */
  readonly whenLate: "join" | "whole";
  /** Which of two that nothing else tells apart goes first. */
  readonly amongEquals: "earlier" | "later";
}

const byTheClock = { whenLate: "join", amongEquals: "earlier" } as const;
/** Whoever raises a second alarm knows more than when the first was raised. */
const asItComes = { whenLate: "whole", amongEquals: "later" } as const;

/** The ladder of domain.md, highest first. The one place where precedence is decided. */
export const ladder = {
  "silence-key": { rank: 1, afterInterruption: "drop", quietHours: "exempt", ...byTheClock },
  "emergency-actual": { rank: 2, afterInterruption: "continue", quietHours: "exempt", ...asItComes },
  "emergency-exercise": { rank: 3, afterInterruption: "continue", quietHours: "exempt", ...asItComes },
  live: { rank: 4, afterInterruption: "rejoin", quietHours: "bound", ...byTheClock },
  priority: { rank: 5, afterInterruption: "continue", quietHours: "bound", ...byTheClock },
  scheduled: { rank: 6, afterInterruption: "continue", quietHours: "bound", ...byTheClock },
  automation: { rank: 7, afterInterruption: "drop", quietHours: "bound", ...byTheClock },
  "test-tone": { rank: 8, afterInterruption: "drop", quietHours: "bound", ...byTheClock },
} as const satisfies Record<Rung, RungRule>;

/** What the ladder needs to know of one source that wants the loudspeaker now. */
export interface Contender {
  readonly id: string;
  readonly rung: Rung;
  /** The commune user's own order among priority items; the lower goes first. */
  readonly order: number;
  /** When it was due, or raised. */
  readonly dueAt: number;
}

/** Negative when `a` goes before `b`. A total order: two different contenders are never equal. */
export function comparePrecedence(a: Contender, b: Contender): number {
  return (
    ladder[a.rung].rank - ladder[b.rung].rank ||
    a.order - b.order ||
    (ladder[a.rung].amongEquals === "later" ? b.dueAt - a.dueAt : a.dueAt - b.dueAt) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Who holds the loudspeaker among those who want it now. */
export function holderOf<C extends Contender>(contenders: readonly C[]): C | null {
  let holder: C | null = null;
  for (const one of contenders) if (holder === null || comparePrecedence(one, holder) < 0) holder = one;
  return holder;
}
