/** Who reads a topic. Subscriptions are exact strings, so a map is the whole router. */
export interface Subscribers<Reader> {
  add(topic: string, reader: Reader, qos: 0 | 1): void;
  remove(topic: string, reader: Reader): void;
  /** Readers of a topic with the QoS they asked for. */
  of(topic: string): ReadonlyMap<Reader, 0 | 1>;
}

export function createSubscribers<Reader>(): Subscribers<Reader> {
  const byTopic = new Map<string, Map<Reader, 0 | 1>>();
  const nobody: ReadonlyMap<Reader, 0 | 1> = new Map();
  return {
    add(topic, reader, qos) {
      const readers = byTopic.get(topic);
      if (readers === undefined) byTopic.set(topic, new Map([[reader, qos]]));
      else readers.set(reader, qos);
    },
    remove(topic, reader) {
      const readers = byTopic.get(topic);
      if (readers === undefined) return;
      readers.delete(reader);
      if (readers.size === 0) byTopic.delete(topic);
    },
    of: (topic) => byTopic.get(topic) ?? nobody,
  };
}
