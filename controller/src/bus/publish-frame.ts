/**
 * The bytes of one PUBLISH (MQTT 3.1.1, clause 3.3). A message for 10,000 boxes is encoded once, with one packet id:
 * ids need to be unique only among the unacknowledged messages of one connection.
 */
export function publishFrame(message: {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly packetId: number;
}): Buffer {
  const topicBytes = Buffer.byteLength(message.topic);
  const idBytes = message.qos === 0 ? 0 : 2;
  const remaining = 2 + topicBytes + idBytes + message.payload.length;
  const length = remainingLength(remaining);
  const frame = Buffer.allocUnsafe(1 + length.length + remaining);
  let at = frame.writeUInt8(0x30 | (message.qos << 1) | (message.retain ? 1 : 0), 0);
  for (const byte of length) at = frame.writeUInt8(byte, at);
  at = frame.writeUInt16BE(topicBytes, at);
  at += frame.write(message.topic, at);
  if (message.qos === 1) at = frame.writeUInt16BE(message.packetId, at);
  message.payload.copy(frame, at);
  return frame;
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
