import { assert } from "@loa/shared/kernel/result.ts";

/** Bytes of s16le in, float samples out, in one array that is used for ever. */
export interface PcmRing {
  readonly length: number;
  readonly free: number;
  /** Samples ever put in. */
  readonly total: number;
  push(bytes: Uint8Array): void;
  read(into: Float32Array, from: number, count: number): number;
}

export function createPcmRing(capacity: number): PcmRing {
  const samples = new Int16Array(capacity);
  let readAt = 0;
  let length = 0;
  let total = 0;
  /** The low byte of a sample whose high byte has not come yet. */
  let carry: number | null = null;

  function put(sample: number): void {
    let at = readAt + length;
    if (at >= capacity) at -= capacity;
    samples[at] = sample;
    length += 1;
    total += 1;
  }

  function push(bytes: Uint8Array): void {
    assert(bytes.length / 2 + 1 <= capacity - length, "pcm ring overflow: the stream was not paused");
    let index = 0;
    if (carry !== null && bytes.length > 0) {
      put(carry | ((bytes[0] ?? 0) << 8));
      carry = null;
      index = 1;
    }
    for (; index + 1 < bytes.length; index += 2) put((bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8));
    if (index < bytes.length) carry = bytes[index] ?? 0;
  }

  function read(into: Float32Array, from: number, count: number): number {
    const taken = Math.min(count, length);
    for (let index = 0; index < taken; index += 1) {
      into[from + index] = (samples[readAt] ?? 0) / 32_768;
      readAt = readAt + 1 === capacity ? 0 : readAt + 1;
    }
    length -= taken;
    return taken;
  }

  return {
    get length() {
      return length;
    },
    get free() {
      return capacity - length;
    },
    get total() {
      return total;
    },
    push,
    read,
  };
}
