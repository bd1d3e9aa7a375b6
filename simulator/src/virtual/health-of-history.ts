import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import type { WorldFault } from "./faults.ts";
import type { History } from "./history.ts";

/** A fault before the occurrence still counts against it for so long: reconnecting, fetching, finding the time. */
export const AFTERMATH_MS = 30 * MINUTE_MS;

/** No fault of the box (or of the centre, whose aftermath reaches new plans only) touches this time. */
export function isHealthy(history: History, box: BoxId, from: Instant, to: Instant): boolean {
  const touches = (fault: WorldFault) => {
    const begins = plus(history.beginsAt, fault.at);
    return begins <= to && plus(begins, fault.forMs + AFTERMATH_MS) >= from;
  };
  return !history.faults.some((fault) => "box" in fault && fault.box === box && touches(fault));
}
