import type { Result } from "@loa/shared/kernel/result.ts";

/**
 * One line of bytes to the world outside: a serial port, a TCP connection. Knows nothing of frames. May be opened
 * again after it closed. `tests/contract/byte-link.test.ts` is what every link promises.
 */
export interface ByteLink {
  /** Opening an open link answers ok at once. */
  open(): Promise<Result<void, LinkFailure>>;
  /** Ends it without a call of the close listener. Closing a closed link does nothing. */
  close(): Promise<void>;
  /** Sends if open, else drops: whoever needs an answer waits for it. */
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** The link went away by itself; called once for each successful `open`, at most. */
  onClose(listener: (reason: LinkFailure) => void): void;
}

/** `stalled`: the other side takes nothing any more. */
export type LinkFailure = "not-found" | "refused" | "timeout" | "closed" | "stalled";

/** A Modbus request has at most 260 bytes; more than this unsent means that the line is stuck. */
export const MAX_UNSENT_BYTES = 4_096;
