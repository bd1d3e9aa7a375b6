import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { DoorRefusal } from "./bus/door.ts";

/** What boxes said and was not believed, since the start. */
export type RefusedWord = DoorRefusal | "too-fast" | "store-behind" | "unplanned-occurrence";

export interface Counters {
  refuse(box: BoxId, reason: RefusedWord): void;
  refused(): Readonly<Partial<Record<RefusedWord, number>>>;
}

/** A box that sends rubbish is logged once for each power of ten, not once for each message. */
export function createCounters(log: Log): Counters {
  const counts = new Map<RefusedWord, number>();
  return {
    refuse(box, reason) {
      const count = (counts.get(reason) ?? 0) + 1;
      counts.set(reason, count);
      if (Number.isInteger(Math.log10(count))) log.warn("message.refused", { box, reason, count });
    },
    refused: () => Object.fromEntries(counts),
  };
}
