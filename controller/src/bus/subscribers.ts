import type { Qos } from "./publish-frame.ts";
import { isPattern, matchesTopic } from "./topic-filters.ts";

/** Who reads a topic, with the QoS that was asked for. */
export interface Subscribers<Reader> {
  add(filter: string, reader: Reader, qos: Qos): void;
  remove(filter: string, reader: Reader): void;
  /** Each reader once, with the highest QoS of all its filters that match (MQTT 3.1.1, 3.3.5). */
  of(topic: string): ReadonlyMap<Reader, Qos>;
}

type Readers<Reader> = Map<Reader, Qos>;

/** Boxes subscribe to exact strings, so a map is their whole router; patterns lie apart and cost nothing while there are none. */
export function createSubscribers<Reader>(): Subscribers<Reader> {
  const exact = new Map<string, Readers<Reader>>();
  const patterns = new Map<string, Readers<Reader>>();
  const nobody: ReadonlyMap<Reader, Qos> = new Map();
  const tableOf = (filter: string) => (isPattern(filter) ? patterns : exact);
  return {
    add(filter, reader, qos) {
      const table = tableOf(filter);
      const readers = table.get(filter);
      if (readers === undefined) table.set(filter, new Map([[reader, qos]]));
      else readers.set(reader, qos);
    },
    remove(filter, reader) {
      const table = tableOf(filter);
      const readers = table.get(filter);
      if (readers === undefined) return;
      readers.delete(reader);
      if (readers.size === 0) table.delete(filter);
    },
    of(topic) {
      const byName = exact.get(topic) ?? nobody;
      return patterns.size === 0 ? byName : withPatterns(byName, patterns, topic);
    },
  };
}

function withPatterns<Reader>(
  byName: ReadonlyMap<Reader, Qos>,
  patterns: ReadonlyMap<string, ReadonlyMap<Reader, Qos>>,
  topic: string,
): ReadonlyMap<Reader, Qos> {
  const all = new Map(byName);
  for (const [filter, readers] of patterns) {
    if (!matchesTopic(filter, topic)) continue;
    for (const [reader, qos] of readers) if (qos >= (all.get(reader) ?? 0)) all.set(reader, qos);
  }
  return all;
}
