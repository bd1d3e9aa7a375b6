import type { Qos } from "./publish-frame.ts";
import { isPattern, matchesTopic } from "./topic-filters.ts";

export interface RetainedMessage {
  readonly payload: Buffer;
  readonly qos: Qos;
}

/**
 * The last retained payload of each topic, found by its exact name: subscribing costs the same with 1 or 50,000. Only a
 * pattern, which no box may subscribe to, looks through all of them.
 */
export interface RetainedTopics {
  /** An empty payload forgets the topic (MQTT 3.1.1, 3.3.1-10). False when there is no room for one more. */
  keep(topic: string, payload: Buffer, qos: Qos): boolean;
  find(filter: string): Iterable<readonly [topic: string, message: RetainedMessage]>;
  readonly size: number;
}

export function createRetainedTopics(max: number): RetainedTopics {
  const kept = new Map<string, RetainedMessage>();
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
    find(filter) {
      if (isPattern(filter)) return [...kept].filter(([topic]) => matchesTopic(filter, topic));
      const found = kept.get(filter);
      return found === undefined ? [] : [[filter, found]];
    },
    get size() {
      return kept.size;
    },
  };
}
