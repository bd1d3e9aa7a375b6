/**
 * What data costs on its way, in bytes. A box counts what goes through its sockets (MQTT packets, HTTP with its headers,
 * streams of relays); what lies around that no program sees, so it is estimated with these numbers and told beside.
 */
export interface Traffic {
  readonly up: number;
  readonly down: number;
  /** Estimate of what TLS, TCP and IP put around both. */
  readonly around: number;
}

export const NO_TRAFFIC: Traffic = { up: 0, down: 0, around: 0 };

/** IPv4 (RFC 791) and TCP (RFC 9293) without options, and the timestamps that Linux adds (RFC 7323). */
const SEGMENT_BYTES = 20 + 20 + 12;
/** Data in one full segment on a mobile network, whose MTU is mostly 1,430 to 1,500. */
const SEGMENT_DATA_BYTES = 1_380;
/** Both hands shaken at the beginning, and the good-bye. */
const CONNECTION_SEGMENTS = 7;
/** Header, type and tag of a TLS 1.3 record (RFC 8446, 5.2). */
export const TLS_RECORD_BYTES = 5 + 1 + 16;

/**
 * Small messages, seconds apart: each is a segment of its own, and is acknowledged by another one. An answer that comes at
 * once (PUBACK, PINGRESP) carries the acknowledgement of its question, and is one segment more, with its own.
 */
export function aroundMessages(count: number, answers: number): number {
  return (count * 2 + answers) * SEGMENT_BYTES;
}

/** A long transfer: full segments, and an acknowledgement for every second one. */
export function aroundStream(sizeBytes: number): number {
  return Math.ceil(sizeBytes / SEGMENT_DATA_BYTES) * 1.5 * SEGMENT_BYTES;
}

export function aroundConnections(count: number): number {
  return count * CONNECTION_SEGMENTS * SEGMENT_BYTES;
}

export function plusTraffic(a: Traffic, b: Traffic): Traffic {
  return { up: a.up + b.up, down: a.down + b.down, around: a.around + b.around };
}

/** MQTT 3.1.1, 3.3: fixed header, topic with its length, packet id above QoS 0, payload. */
export function publishBytes(topicBytes: number, payloadBytes: number, qos: 0 | 1): number {
  return packetBytes(2 + topicBytes + (qos === 0 ? 0 : 2) + payloadBytes);
}

/** Any packet of MQTT 3.1.1 with so much behind its fixed header. */
export function packetBytes(remaining: number): number {
  return 1 + lengthBytes(remaining) + remaining;
}

/** MQTT 3.1.1, 2.2.3: seven bits a byte. */
function lengthBytes(remaining: number): number {
  if (remaining < 128) return 1;
  return remaining < 16_384 ? 2 : 3;
}
