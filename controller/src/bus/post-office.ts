import type { Duplex } from "node:stream";
import type { BrokerLimits } from "./broker-limits.ts";
import type { Refusal } from "./broker-port.ts";
import type { KeptMessage, KeptSession } from "./kept-session.ts";
import { packetIdAfter, publishFrame, type Qos } from "./publish-frame.ts";
import { createRetainedTopics, type RetainedTopics } from "./retained-topics.ts";
import { writeOrKick } from "./slow-readers.ts";
import { createSubscribers } from "./subscribers.ts";

/** Where messages for a client go: to its connection, or into a session that outlives it. */
export type Seat = { readonly socket: Duplex } | KeptSession;

/**
 * Brings messages to the sockets of their readers: in the same tick, in order, encoded once. A retained message goes
 * out with its subscription, before anything newer.
 */
export interface PostOffice {
  /** Null, or why the message was not wholly taken. */
  send(message: KeptMessage): Refusal | null;
  subscribe(reader: Seat, filter: string, qos: Qos): void;
  unsubscribe(reader: Seat, filter: string): void;
  /** Writes and counts; a reader that is too slow is cut off. */
  hand(socket: Duplex, frame: Buffer): void;
  /** A reader was cut off elsewhere. */
  countSlow(): void;
  stats(): { readonly messagesOut: number; readonly slowReadersKicked: number; readonly retained: number };
}

export function createPostOffice(
  limits: BrokerLimits,
  retained: RetainedTopics = createRetainedTopics(limits.maxRetained),
): PostOffice {
  const subscribers = createSubscribers<Seat>();
  let packetId = 0;
  let messagesOut = 0;
  let slowReadersKicked = 0;

  /** Brings one message to one reader after the other. */
  function carrierOf(message: KeptMessage): (reader: Seat, asked: Qos) => void {
    packetId = packetIdAfter(packetId);
    const frames: { 0?: Buffer; 1?: Buffer; 2?: Buffer } = {};
    return (reader, asked) => {
      const qos = asked < message.qos ? asked : message.qos;
      if (!("socket" in reader)) return reader.take({ ...message, qos });
      frames[qos] ??= publishFrame({ ...message, qos, packetId });
      hand(reader.socket, frames[qos]);
    };
  }

  function hand(socket: Duplex, frame: Buffer): void {
    const outcome = writeOrKick(socket, frame, limits.slowReaderBytes);
    if (outcome === "written") messagesOut += 1;
    else if (outcome === "kicked") slowReadersKicked += 1;
  }

  return {
    send({ topic, payload, qos, retain }) {
      // Live copies do not carry the retain flag (MQTT 3.1.1, 3.3.1-9).
      const carry = carrierOf({ topic, payload, qos, retain: false });
      for (const [reader, asked] of subscribers.of(topic)) carry(reader, asked);
      return !retain || retained.keep(topic, payload, qos) ? null : "retained-full";
    },
    subscribe(reader, filter, qos) {
      subscribers.add(filter, reader, qos);
      for (const [topic, kept] of retained.find(filter))
        carrierOf({ topic, ...kept, retain: true })(reader, qos);
    },
    unsubscribe: (reader, filter) => subscribers.remove(filter, reader),
    hand,
    countSlow() {
      slowReadersKicked += 1;
    },
    stats: () => ({ messagesOut, slowReadersKicked, retained: retained.size }),
  };
}
