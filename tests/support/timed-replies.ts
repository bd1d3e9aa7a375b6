import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";

/** A reply of one register: unit, function, length, two bytes of value, two of check. */
const REPLY_BYTES = 7;

/** How long each reply of an address slave (`address-slave.ts`) took from its question on, as the master's end of the line had it. */
export interface TimedReplies {
  readonly link: ByteLink;
  /** The machine's own delays are in it; infinity while none has come. */
  tookMs(address: number): number;
}

export function timeReplies(link: ByteLink): TimedReplies {
  const askedAt = new Map<number, number>();
  const took = new Map<number, number>();
  let received: number[] = [];

  function note(bytes: Uint8Array): void {
    received.push(...bytes);
    for (; received.length >= REPLY_BYTES; received = received.slice(REPLY_BYTES)) {
      const address = numberAt(received, 3);
      took.set(address, performance.now() - (askedAt.get(address) ?? Number.NaN));
    }
  }

  return {
    link: {
      open: () => link.open(),
      close: () => link.close(),
      write(bytes) {
        askedAt.set(numberAt([...bytes], 2), performance.now());
        link.write(bytes);
      },
      onData: (listener) =>
        link.onData((bytes) => {
          note(bytes);
          listener(bytes);
        }),
      onClose: (listener) => link.onClose(listener),
    },
    tookMs: (address) => took.get(address) ?? Number.POSITIVE_INFINITY,
  };
}

function numberAt(bytes: readonly number[], at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
