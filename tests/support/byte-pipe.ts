import type { ByteLink, LinkFailure } from "@loa/edge-agent/devices/byte-link.ts";
import type { Timers } from "@loa/shared/kernel/ambient.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";

/** Two links of one cable in memory, on the timers of the test. */
export interface BytePipe {
  readonly ends: readonly [ByteLink, ByteLink];
  /** Pulls the plug: both ends close, and opening is refused until it is in again. */
  pull(): void;
  plugIn(): void;
}

/** 9600 baud, 8N1. */
const BYTE_MS = 10 / 9.6;

export function createBytePipe(timers: Timers): BytePipe {
  let isPlugged = true;
  const ends = [createEnd(), createEnd()] as const;

  function createEnd() {
    let onData: (bytes: Uint8Array) => void = () => {};
    let onClose: (reason: LinkFailure) => void = () => {};
    let isOpen = false;
    const link: ByteLink = {
      open: async () => {
        isOpen = isPlugged;
        return isPlugged ? ok(undefined) : fail("not-found");
      },
      close: async () => {
        isOpen = false;
      },
      write(bytes) {
        const other = ends[0].link === link ? ends[1] : ends[0];
        const copy = Uint8Array.from(bytes);
        if (isOpen) timers.after(copy.length * BYTE_MS, () => other.take(copy));
      },
      onData: (listener) => {
        onData = listener;
      },
      onClose: (listener) => {
        onClose = listener;
      },
    };
    return {
      link,
      take(bytes: Uint8Array) {
        if (isOpen) onData(bytes);
      },
      drop() {
        if (!isOpen) return;
        isOpen = false;
        onClose("closed");
      },
    };
  }

  return {
    ends: [ends[0].link, ends[1].link],
    pull() {
      isPlugged = false;
      for (const end of ends) end.drop();
    },
    plugIn() {
      isPlugged = true;
    },
  };
}
