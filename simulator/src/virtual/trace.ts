/**
 * What happened, as one number: two runs with the same seed and the same code have the same hash. The last lines
 * are kept for the report of a violation.
 */
export interface Trace {
  note(at: number, who: string, what: string): void;
  hash(): string;
  tail(): readonly string[];
}

const TAIL_LINES = 200;

export function createTrace(): Trace {
  const lines: string[] = [];
  let next = 0;
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  const mix = (text: string): void => {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b) + a;
    }
  };
  return {
    note(at, who, what) {
      const moment = Math.round(at * 1_000);
      a = Math.imul(a ^ (moment | 0), 0x01000193);
      b = Math.imul(b ^ Math.floor(moment / 2 ** 32), 0x85ebca6b);
      mix(who);
      mix(what);
      lines[next % TAIL_LINES] = `${at.toFixed(0)} ${who} ${what}`;
      next += 1;
    },
    hash: () => (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0"),
    tail: () =>
      Array.from(
        { length: Math.min(next, TAIL_LINES) },
        (_, index) => lines[(next - Math.min(next, TAIL_LINES) + index) % TAIL_LINES] ?? "",
      ),
  };
}
