/** The last retained payload of each topic, found by its exact name: subscribing costs the same with 1 or 50,000. */
export interface RetainedTopics {
  /** An empty payload forgets the topic (MQTT 3.1.1, 3.3.1-10). False when there is no room for one more. */
  keep(topic: string, payload: Buffer, qos: 0 | 1): boolean;
  find(topic: string): { readonly payload: Buffer; readonly qos: 0 | 1 } | undefined;
  readonly size: number;
}

export function createRetainedTopics(max: number): RetainedTopics {
  const kept = new Map<string, { readonly payload: Buffer; readonly qos: 0 | 1 }>();
  return {
    keep(topic, payload, qos) {
      if (payload.length === 0) {
        kept.delete(topic);
        return true;
      }
      if (kept.size >= max && !kept.has(topic)) return false;
      kept.set(topic, { payload, qos });
      return true;
    },
    find: (topic) => kept.get(topic),
    get size() {
      return kept.size;
    },
  };
}
