import type { BoxId } from "@loa/shared/kernel/ids.ts";
import {
  asInstant,
  DAY_MS,
  HOUR_MS,
  type Instant,
  localMsOfDay,
  MINUTE_MS,
  plus,
  SECOND_MS,
} from "@loa/shared/kernel/time.ts";

/** Nobody is on the street, and the first session is an hour away. */
const WINDOW_FROM_MS = 2 * HOUR_MS;
const WINDOW_MS = 2 * HOUR_MS;
/** The last test begins so long before the window closes that it can be tried once more. */
const LAST_START_MS = 15 * MINUTE_MS;
/** One night and a margin: older than this, nobody has looked at the amplifier today. */
export const STALE_AFTER_MS = DAY_MS + 2 * HOUR_MS;
/** Whoever has mended a cabinet sees it on the list the same hour, and a relay is not worn out by it. */
export const FAILED_AGAIN_MS = HOUR_MS;

/** Tonight's window for one box: its own minute, so that a province does not switch all its relays at once. */
export interface TestNight {
  readonly slotAt: Instant;
  readonly closesAt: Instant;
}

export function nightAt(box: BoxId, now: Instant): TestNight {
  const opensAt = asInstant(now - localMsOfDay(now) - (now % SECOND_MS) + WINDOW_FROM_MS);
  const slotMs = hashOf(box) % (WINDOW_MS - LAST_START_MS);
  return { slotAt: plus(opensAt, slotMs), closesAt: plus(opensAt, WINDOW_MS) };
}

/** Of the day after; the zone has no summer time. */
export function nightAfter(box: BoxId, now: Instant): TestNight {
  return nightAt(box, plus(now, DAY_MS));
}

/** FNV-1a: spreads the names of boxes evenly over the window, the same on every machine. */
function hashOf(box: BoxId): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < box.length; index += 1)
    hash = Math.imul(hash ^ box.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
