export type Qos = 0 | 1 | 2;

/**
 * The bytes of one PUBLISH (MQTT 3.1.1, clause 3.3). A message for 10,000 boxes is encoded once, with one packet id:
 * ids need to be unique only among the unacknowledged messages of one connection.
 */
export function publishFrame(message: {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly packetId: number;
  /** Sent before, on another connection of the same session (3.3.1.1). */
  readonly isAgain?: boolean;
}): Buffer {
  const topicBytes = Buffer.byteLength(message.topic);
  const idBytes = message.qos === 0 ? 0 : 2;
  const remaining = 2 + topicBytes + idBytes + message.payload.length;
  const length = remainingLength(remaining);
  const frame = Buffer.allocUnsafe(1 + length.length + remaining);
  const flags = (message.isAgain === true ? 8 : 0) | (message.qos << 1) | (message.retain ? 1 : 0);
  let at = frame.writeUInt8(0x30 | flags, 0);
  for (const byte of length) at = frame.writeUInt8(byte, at);
  at = frame.writeUInt16BE(topicBytes, at);
  at += frame.write(message.topic, at);
  if (message.qos > 0) at = frame.writeUInt16BE(message.packetId, at);
  message.payload.copy(frame, at);
  return frame;
}

/** Clause 3.6: the answer to PUBREC. */
export function pubrelFrame(packetId: number): Buffer {
  return Buffer.from([0x62, 2, packetId >> 8, packetId & 0xff]);
}

/** MQTT 3.1.1, 2.3.1: packet ids run from 1 to 65,535. */
const maxPacketId = 65_535;

export function packetIdAfter(packetId: number): number {
  return packetId === maxPacketId ? 1 : packetId + 1;
}

/** Clause 2.2.3: seven bits a byte, lowest first, the eighth says that more follow. */
function remainingLength(bytes: number): readonly number[] {
  const encoded: number[] = [];
  let rest = bytes;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    encoded.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return encoded;
}
