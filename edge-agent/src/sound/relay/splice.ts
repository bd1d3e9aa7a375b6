/** Whether a new connection gives again what an old one already gave, and from where on it is new. */
export interface Splice {
  /** Adds what came; answers the bytes that are new, or null while they cannot be told yet. */
  add(bytes: Buffer): Buffer | null;
  /** Everything that came, if the old end was not in it. */
  giveUp(): Buffer;
  readonly bytes: number;
}

/** A burst of 60 s at 320 kbit/s. */
export const SPLICE_LIMIT_BYTES = 2_400_000;

/**
 * Icecast begins each connection with the last seconds that it sent to everybody (its burst), byte for byte. So what
 * we got before a loss is found again in what we get after it, and the sound goes on at exactly the next sample:
 * nothing is heard twice and nothing is missing, as long as the loss was shorter than the burst.
 */
export function createSplice(tail: Buffer): Splice {
  let all = Buffer.alloc(0);
  return {
    add(bytes) {
      const searchFrom = Math.max(0, all.length - tail.length + 1);
      all = Buffer.concat([all, bytes]);
      const at = all.indexOf(tail, searchFrom);
      return at < 0 ? null : all.subarray(at + tail.length);
    },
    giveUp: () => all,
    get bytes() {
      return all.length;
    },
  };
}

/** 2 KiB: a quarter of a second at 64 kbit/s, and no two pieces of a programme are alike for so long. */
const TAIL_BYTES = 2_048;

/** The last bytes of what was given, from the last ones before and the newest. */
export function tailOf(before: Buffer, newest: Buffer): Buffer {
  if (newest.length >= TAIL_BYTES) return Buffer.from(newest.subarray(newest.length - TAIL_BYTES));
  const joined = Buffer.concat([before, newest]);
  return joined.subarray(Math.max(0, joined.length - TAIL_BYTES));
}

export function isWholeTail(tail: Buffer): boolean {
  return tail.length === TAIL_BYTES;
}
