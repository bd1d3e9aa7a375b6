import { type Instant, plus } from "../kernel/time.ts";
import type { Occurrence } from "./agenda.ts";
import { endOfItem } from "./air-item.ts";

/** A place in a programme, ms, and the instant at which it was reached. */
export interface Place {
  readonly positionMs: number;
  readonly at: Instant;
}

type Parts = Pick<Occurrence, "at" | "items" | "durationMs">;

/** A hard end: where it lies in the programme, ms, and when it comes by the clock. */
interface HardEnd {
  readonly positionMs: number;
  readonly at: Instant;
}

/**
 * The position at `now` of a programme that was at `from` and has not been interrupted since. Every hard end is met at
 * its planned instant: who is late is cut there and goes on in time, who is early waits there.
 */
export function positionAfter(occurrence: Parts, from: Place, now: Instant): number {
  let { positionMs, at } = from;
  for (const hard of hardEndsOf(occurrence)) {
    if (hard.positionMs <= positionMs) continue;
    if (hard.at > now) return Math.min(positionMs + Math.max(0, now - at), hard.positionMs);
    positionMs = hard.positionMs;
    if (hard.at > at) at = hard.at;
  }
  return positionMs + Math.max(0, now - at);
}

/**
 * The first instant at which a position is reached, cut to or played to, if nothing comes between; at a hard end its
 * planned instant, though who is early waits there already.
 */
export function reaches(occurrence: Parts, from: Place, positionMs: number): Instant {
  if (positionMs <= from.positionMs) return from.at;
  let place = from;
  for (const hard of hardEndsOf(occurrence)) {
    if (hard.positionMs <= place.positionMs) continue;
    if (hard.positionMs >= positionMs) {
      const played = plus(place.at, positionMs - place.positionMs);
      const isPlayedBefore = played < hard.at && positionMs < hard.positionMs;
      return isPlayedBefore ? played : hard.at > place.at ? hard.at : place.at;
    }
    place = { positionMs: hard.positionMs, at: hard.at > place.at ? hard.at : place.at };
  }
  return plus(place.at, positionMs - place.positionMs);
}

/** Where an item begins in its programme, ms. */
export function beginOfItem({ items }: Pick<Occurrence, "items">, itemIndex: number): number {
  return items.slice(0, itemIndex).reduce((sum, item) => sum + item.durationMs, 0);
}

/** The item that a position lies in; the number of items behind the last one's end. */
export function itemAt({ items }: Pick<Occurrence, "items">, positionMs: number): number {
  let end = 0;
  const index = items.findIndex((item) => {
    end += item.durationMs;
    return end > positionMs;
  });
  return index === -1 ? items.length : index;
}

function hardEndsOf({ at, items }: Parts): readonly HardEnd[] {
  const ends: HardEnd[] = [];
  let positionMs = 0;
  for (const item of items) {
    positionMs += item.durationMs;
    if (endOfItem(item) === "hard") ends.push({ positionMs, at: plus(at, positionMs) });
  }
  return ends;
}
