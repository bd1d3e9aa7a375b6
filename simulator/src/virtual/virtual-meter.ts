import type { BusSession } from "@loa/edge-agent/ports.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import {
  aroundConnections,
  aroundMessages,
  aroundStream,
  packetBytes,
  publishBytes,
  type Traffic,
} from "@loa/shared/wire/traffic.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Of the real adapter: a ping after so long without an answer of any other kind. */
const KEEPALIVE_MS = 20_000;
const PUBACK_BYTES = 4;
const CONNACK_BYTES = 4;
const PING_BYTES = 2;
/** Request line and headers of a download, and those of its answer, as Node and the controller write them. */
const REQUEST_BYTES = 260;
const ANSWER_BYTES = 330;

/** What mqtt.js would have sent and received over this connection, byte for byte (MQTT 3.1.1), without TLS. */
export interface BusMeter {
  connected(session: BusSession, box: string, password: string): void;
  sent(message: Outgoing): void;
  /** A message of QoS 1 that was accepted. */
  received(topic: string, payload: string): void;
  ended(): void;
  total(): Traffic;
}

export function createBusMeter(time: VirtualTime): BusMeter {
  let up = 0;
  let down = 0;
  let messages = 0;
  let answers = 0;
  let connections = 0;
  /** When the other end was last known to live; null while there is no connection. */
  let answeredAt: number | null = null;
  const count = (upBytes: number, downBytes: number, asked: number, answered: number) => {
    up += upBytes;
    down += downBytes;
    messages += asked;
    answers += answered;
  };
  /** Pings are not events of their own: they follow from the silence. */
  const ping = () => {
    if (answeredAt === null) return;
    const pings = Math.floor((time.now() - answeredAt) / KEEPALIVE_MS);
    answeredAt += pings * KEEPALIVE_MS;
    count(pings * PING_BYTES, pings * PING_BYTES, pings, pings);
  };
  return {
    connected({ subscribe: needed, also = [], perhaps = [], will }, box, password) {
      const subscribe = [...needed, ...also, ...perhaps];
      ping();
      connections += 1;
      answeredAt = time.now();
      // MQTT 3.1.1, 3.1: protocol name, level, flags and keepalive, then five strings with their lengths.
      const strings = [box, box, password, will.topic, will.payload];
      const connect = packetBytes(strings.reduce((sum, one) => sum + 2 + sizeOf(one), 10));
      const subscribed = packetBytes(subscribe.reduce((sum, topic) => sum + 3 + sizeOf(topic), 2));
      count(connect + subscribed, CONNACK_BYTES + 4 + subscribe.length, 2, 2);
    },
    sent({ topic, payload, qos }) {
      ping();
      count(publishBytes(sizeOf(topic), sizeOf(payload), qos), qos * PUBACK_BYTES, 1, qos);
      if (qos === 1) answeredAt = time.now();
    },
    received(topic, payload) {
      count(PUBACK_BYTES, publishBytes(sizeOf(topic), sizeOf(payload), 1), 1, 1);
    },
    ended() {
      ping();
      answeredAt = null;
    },
    total() {
      ping();
      return { up, down, around: aroundMessages(messages, answers) + aroundConnections(connections) };
    },
  };
}

/** Bytes of UTF-8. Most texts are short and without diacritics: those are counted without leaving the language. */
export function sizeOf(text: string): number {
  if (text.length > MAX_SHORT) return Buffer.byteLength(text);
  for (let place = 0; place < text.length; place += 1)
    if (text.charCodeAt(place) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}
const MAX_SHORT = 64;

/** What one download of this size costs, on a connection of its own. */
export function downloadTraffic(sizeBytes: number): Traffic {
  const [up, down] = [REQUEST_BYTES, ANSWER_BYTES + sizeBytes];
  return { up, down, around: aroundStream(up + down) + aroundConnections(1) };
}
