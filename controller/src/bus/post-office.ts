import type { Duplex } from "node:stream";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import type { Refusal } from "./broker-port.ts";
import { publishFrame } from "./publish-frame.ts";
import { createRetainedTopics, type RetainedTopics } from "./retained-topics.ts";
import { writeOrKick } from "./slow-readers.ts";
import { createSubscribers } from "./subscribers.ts";
import { refusalOfSending } from "./topic-rights.ts";

/**
 * Brings what the control room says to the sockets of its readers: in the same tick, in order, encoded once. A
 * retained message goes out with its subscription, before anything newer.
 */
export interface PostOffice<Reader> {
  /** Null, or why the message was not (or, for `retained-full`, not wholly) taken. */
  send(message: Outgoing): Refusal | null;
  subscribe(reader: Reader, topic: string, qos: 0 | 1): void;
  unsubscribe(reader: Reader, topic: string): void;
  stats(): { readonly messagesOut: number; readonly slowReadersKicked: number; readonly retained: number };
}

/** MQTT 3.1.1, 2.3.1: packet ids run from 1 to 65,535. */
const maxPacketId = 65_535;

export function createPostOffice<Reader>(
  limits: BrokerLimits,
  socketOf: (reader: Reader) => Duplex,
  retained: RetainedTopics = createRetainedTopics(limits.maxRetained),
): PostOffice<Reader> {
  const subscribers = createSubscribers<Reader>();
  let packetId = 0;
  let messagesOut = 0;
  let slowReadersKicked = 0;

  function framesOf(
    message: Omit<Outgoing, "payload"> & { readonly payload: Buffer },
  ): (qos: 0 | 1) => Buffer {
    packetId = packetId === maxPacketId ? 1 : packetId + 1;
    const encode = (qos: 0 | 1) => publishFrame({ ...message, qos, packetId });
    const frames: { 0?: Buffer; 1?: Buffer } = {};
    return (asked) => {
      const qos = asked === 0 ? 0 : message.qos;
      frames[qos] ??= encode(qos);
      return frames[qos];
    };
  }

  function write(reader: Reader, frame: Buffer): void {
    const outcome = writeOrKick(socketOf(reader), frame, limits.slowReaderBytes);
    if (outcome === "written") messagesOut += 1;
    else if (outcome === "kicked") slowReadersKicked += 1;
  }

  return {
    send({ topic, payload, qos, retain }) {
      const bytes = Buffer.from(payload);
      const refusal = refusalOfSending(topic, bytes);
      if (refusal !== null) return refusal;
      // Live copies do not carry the retain flag (MQTT 3.1.1, 3.3.1-9).
      const frameFor = framesOf({ topic, payload: bytes, qos, retain: false });
      for (const [reader, asked] of subscribers.of(topic)) write(reader, frameFor(asked));
      return !retain || retained.keep(topic, bytes, qos) ? null : "retained-full";
    },
    subscribe(reader, topic, qos) {
      subscribers.add(topic, reader, qos);
      const kept = retained.find(topic);
      if (kept !== undefined) write(reader, framesOf({ topic, ...kept, retain: true })(qos));
    },
    unsubscribe: (reader, topic) => subscribers.remove(topic, reader),
    stats: () => ({ messagesOut, slowReadersKicked, retained: retained.size }),
  };
}
