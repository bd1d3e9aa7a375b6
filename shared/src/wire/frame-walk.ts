/**
 * Follows the frames of one MQTT 3.1.1 byte stream (clause 2.2: first byte, remaining length, body) and keeps none
 * of its bytes. It stands in front of a parser that would otherwise collect up to the 256 MB a frame may announce.
 */
export interface FrameWalk {
  /** Looks at the next bytes of the stream. After an answer other than null the stream must not be read on. */
  look(chunk: Uint8Array, maxFrameBytes: number): FrameFault | null;
}

export type FrameFault = "too-big" | "not-allowed" | "bad-length";

/** MQTT 3.1.1, 2.2.3: at most four bytes of seven bits each. */
const maxLengthBytes = 4;

export function createFrameWalk(allows: (firstByte: number) => boolean): FrameWalk {
  let part: "first-byte" | "length" | "body" = "first-byte";
  let headerBytes = 0;
  let bodyBytes = 0;
  let unit = 1;

  function lookAtLength(byte: number, maxFrameBytes: number): FrameFault | null {
    headerBytes += 1;
    bodyBytes += (byte & 0x7f) * unit;
    unit *= 128;
    if (headerBytes + bodyBytes > maxFrameBytes) return "too-big";
    if (byte < 0x80) part = bodyBytes === 0 ? "first-byte" : "body";
    else if (headerBytes > maxLengthBytes) return "bad-length";
    return null;
  }

  return {
    look(chunk, maxFrameBytes) {
      let at = 0;
      while (at < chunk.length) {
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
