import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import { openRtu, wrapRtu } from "@loa/shared/device/modbus-frame.ts";
import { encodeReply, parseRequest } from "@loa/shared/device/modbus-pdu.ts";
import type { Timers } from "@loa/shared/kernel/ambient.ts";

/** RTU requests have this size for functions 1 to 6. */
const REQUEST_BYTES = 8;

/**
 * A slave whose every register holds its own address, so that an answer to another question shows. `delayMs` says how
 * late each answer is. Counts what it was asked.
 */
export function attachAddressSlave(parts: {
  readonly link: ByteLink;
  readonly timers: Timers;
  readonly delayMs: () => number;
}): { readonly requests: () => number } {
  let received: number[] = [];
  let requests = 0;
  parts.link.onData((bytes) => {
    received.push(...bytes);
    while (received.length >= REQUEST_BYTES) {
      const frame = openRtu(Uint8Array.from(received.slice(0, REQUEST_BYTES)));
      received = received.slice(REQUEST_BYTES);
      const asked = frame.ok ? parseRequest(frame.value.pdu) : null;
      if (!frame.ok || asked?.ok !== true) continue;
      requests += 1;
      const request = asked.value;
      const values =
        request.kind === "read"
          ? Array.from({ length: request.count }, (_, index) => request.address + index)
          : [];
      const reply = wrapRtu(frame.value.unit, encodeReply(request, values));
      parts.timers.after(parts.delayMs(), () => parts.link.write(reply));
    }
  });
  return { requests: () => requests };
}
