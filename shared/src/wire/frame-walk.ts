/**
 * Follows the frames of one MQTT 3.1.1 byte stream (clause 2.2: first byte, remaining length, body) and keeps none
 * of its bytes. It stands in front of a parser that would otherwise collect up to the 256 MB a frame may announce.
 */
export interface FrameWalk {
  /** Looks at the next bytes of the stream. After an answer other than null the stream must not be read on. */
  look(chunk: Uint8Array, maxFrameBytes: number): FrameFault | null;
}

export type FrameFault = "too-big" | "not-allowed" | "bad-length" | "no-packet-id";

/** MQTT 3.1.1, 2.2.3: at most four bytes of seven bits each. */
const maxLengthBytes = 4;

/**
 * Packets whose body begins with their id, which is never 0 (2.3.1-1), and how short they can be: an acknowledgement has
 * nothing else, SUBSCRIBE, SUBACK and UNSUBSCRIBE at least one entry (3.8.3-3, 3.10.3-2).
 */
const leastWithId: ReadonlyMap<number, number> = new Map([
  [4, 2],
  [5, 2],
  [6, 2],
  [7, 2],
  [8, 5],
  [9, 3],
  [10, 4],
  [11, 2],
]);

export function createFrameWalk(allows: (firstByte: number) => boolean): FrameWalk {
  let part: "first-byte" | "length" | "body" = "first-byte";
  let headerBytes = 0;
  let bodyBytes = 0;
  let unit = 1;
  let type = 0;
  /** Bytes of the packet id that are still to come, and what came of it. */
  let idBytes = 0;
  let packetId = 0;

  function lookAtLength(byte: number, maxFrameBytes: number): FrameFault | null {
    headerBytes += 1;
    bodyBytes += (byte & 0x7f) * unit;
    unit *= 128;
    if (headerBytes + bodyBytes > maxFrameBytes) return "too-big";
    if (byte < 0x80) return beginBody();
    return headerBytes > maxLengthBytes ? "bad-length" : null;
  }

  function beginBody(): FrameFault | null {
    const least = leastWithId.get(type) ?? 0;
    part = bodyBytes === 0 ? "first-byte" : "body";
    idBytes = least > 0 ? 2 : 0;
    packetId = 0;
    return bodyBytes < least ? "bad-length" : null;
  }

  /** True when the id is there and is none. */
  function isWithoutId(byte: number): boolean {
    packetId = packetId * 256 + byte;
    idBytes -= 1;
    bodyBytes -= 1;
    if (bodyBytes === 0) part = "first-byte";
    return idBytes === 0 && packetId === 0;
  }

  return {
    look(chunk, maxFrameBytes) {
      let at = 0;
      while (at < chunk.length) {
        if (part === "body" && idBytes > 0) {
          if (isWithoutId(chunk[at] ?? 0)) return "no-packet-id";
          at += 1;
          continue;
        }
        if (part === "body") {
          const skipped = Math.min(bodyBytes, chunk.length - at);
          bodyBytes -= skipped;
          at += skipped;
          if (bodyBytes === 0) part = "first-byte";
          continue;
        }
        const byte = chunk[at] ?? 0;
        at += 1;
        if (part === "first-byte") {
          if (!allows(byte)) return "not-allowed";
          part = "length";
          type = byte >> 4;
          headerBytes = 1;
          bodyBytes = 0;
          unit = 1;
          continue;
        }
        const fault = lookAtLength(byte, maxFrameBytes);
        if (fault !== null) return fault;
      }
      return null;
    },
  };
}
