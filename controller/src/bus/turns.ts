import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { SignatureChecks, SignedBy, Verdict } from "./signature-checks.ts";

/**
 * What boxes say is taken in box by box in the order in which it came, also while a signature is looked at elsewhere;
 * boxes do not wait for each other.
 */
export interface Turns {
  /**
   * Something came from this box. `take` runs at once where nothing of the box waits and nothing is signed; without a
   * verdict it looks at the signature itself.
   */
  came(box: BoxId, signed: SignedBy | null, take: Take): void;
  /** Takes in whatever waits, without waiting for verdicts. */
  settle(): void;
  readonly waiting: number;
}

export type Take = (verdict: Verdict | null) => void;

interface Turn {
  readonly signed: SignedBy | null;
  readonly take: Take;
  isGood: boolean | null;
}

/**
 * One answer of each box of a province: some 10 MB, 80 where stolen boxes bring the largest events; and a second of work
 * when the controller ends with all of it.
 */
export const MAX_WAITING_TURNS = 10_000;

/** Beyond `maxWaiting` nothing is lost: whoever brings more pays with the one thread that reads the sockets, too. */
export function createTurns(checks: SignatureChecks, maxWaiting = MAX_WAITING_TURNS): Turns {
  const lines = new Map<BoxId, Turn[]>();
  let waiting = 0;

  function next(line: Turn[]): Turn | null {
    const turn = line.shift();
    if (turn === undefined) return null;
    waiting -= 1;
    return turn;
  }

  /** Of a line that was settled meanwhile nothing is left. */
  function advance(box: BoxId, line: Turn[]): void {
    while (isReady(line[0])) {
      const turn = next(line);
      turn?.take(verdictOf(turn));
    }
    if (line.length === 0 && lines.get(box) === line) lines.delete(box);
  }

  function settleLine(box: BoxId, line: Turn[]): void {
    for (let turn = next(line); turn !== null; turn = next(line)) turn.take(verdictOf(turn));
    lines.delete(box);
  }

  return {
    came(box, signed, take) {
      const known = lines.get(box);
      if (known === undefined && signed === null) return take(null);
      if (waiting >= maxWaiting) {
        if (known !== undefined) settleLine(box, known);
        return take(null);
      }
      const line = known ?? [];
      const turn: Turn = { signed, take, isGood: null };
      lines.set(box, line);
      line.push(turn);
      waiting += 1;
      if (signed === null) return;
      checks.check(signed, (isGood) => {
        turn.isGood = isGood;
        advance(box, line);
      });
    },
    settle() {
      for (const [box, line] of lines) settleLine(box, line);
    },
    get waiting() {
      return waiting;
    },
  };
}

function isReady(turn: Turn | undefined): boolean {
  return turn !== undefined && (turn.signed === null || turn.isGood !== null);
}

function verdictOf({ signed, isGood }: Turn): Verdict | null {
  return signed === null || isGood === null ? null : { signed, isGood };
}
