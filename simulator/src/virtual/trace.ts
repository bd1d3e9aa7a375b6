/**
 * What happened, as one number: two runs with the same seed and the same code have the same hash. The last lines
 * are kept for the report of a violation.
 */
export interface Trace {
  note(at: number, who: string, what: string): void;
  /** The same for a message, the most frequent of all. */
  noteMessage(at: number, message: TracedMessage): void;
  hash(): string;
  tail(): readonly string[];
}

export interface TracedMessage {
  readonly direction: string;
  readonly box: string;
  readonly topic: string;
  readonly payload: string;
}

const TAIL_LINES = 200;

type Line =
  | { readonly at: number; readonly who: string; readonly what: string }
  | { readonly at: number; readonly message: TracedMessage };

export function createTrace(): Trace {
  /** Written out only when somebody asks for the tail. */
  const lines: Line[] = [];
  let next = 0;
  let a = 0x811c9dc5 | 0;
  let b = 0x9e3779b9 | 0;
  const mix = (text: string): void => {
    // Every character of every message passes here: whole numbers in local variables.
    let first = a;
    let second = b;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      first = Math.imul(first ^ code, 0x01000193);
      second = (Math.imul(second ^ code, 0x85ebca6b) + first) | 0;
    }
    a = first;
    b = second;
  };
  const mixTime = (at: number): void => {
    const moment = Math.round(at * 1_000);
    a = Math.imul(a ^ (moment | 0), 0x01000193);
    b = Math.imul(b ^ Math.floor(moment / 2 ** 32), 0x85ebca6b);
  };
  const keep = (line: Line): void => {
    lines[next % TAIL_LINES] = line;
    next += 1;
  };
  return {
    note(at, who, what) {
      mixTime(at);
      mix(who);
      mix(what);
      keep({ at, who, what });
    },
    noteMessage(at, message) {
      const { direction, box, topic, payload } = message;
      mixTime(at);
      mix(direction);
      mix(box);
      mix(" ");
      mix(topic);
      mix(" ");
      mix(payload);
      keep({ at, message });
    },
    hash: () => (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0"),
    tail: () =>
      Array.from({ length: Math.min(next, TAIL_LINES) }, (_, index) =>
        written(lines[(next - Math.min(next, TAIL_LINES) + index) % TAIL_LINES]),
      ),
  };
}

function written(line: Line | undefined): string {
  if (line === undefined) return "";
  const at = line.at.toFixed(0);
  if ("who" in line) return `${at} ${line.who} ${line.what}`;
  const { direction, box, topic, payload } = line.message;
  return `${at} ${direction} ${box} ${topic} ${payload}`;
}
