import { type Instant, plus } from "@loa/shared/kernel/time.ts";

/**
 * Who is silent since when: whoever is silent for longest comes first, for everybody goes to the end of the line with
 * every word. So nobody is looked at who was heard in time, however many there are.
 */
export interface Silences<Key> {
  /** Takes the place of the word before. */
  heard(key: Key, at: Instant): void;
  /** It need not be waited for any more. */
  forget(key: Key): void;
  /** Those that have been silent for so long at `now`; they stay in the line. */
  over(now: Instant): readonly Key[];
  /** When the first will have been silent for so long; null: there is none. */
  next(): Instant | null;
}

export function createSilences<Key>(limitMs: number): Silences<Key> {
  // A map keeps the order in which its keys came in.
  const line = new Map<Key, Instant>();
  return {
    heard(key, at) {
      line.delete(key);
      line.set(key, at);
    },
    forget: (key) => void line.delete(key),
    over(now) {
      const found: Key[] = [];
      for (const [key, at] of line) {
        if (now < plus(at, limitMs)) break;
        found.push(key);
      }
      return found;
    },
    next() {
      for (const at of line.values()) return plus(at, limitMs);
      return null;
    },
  };
}
