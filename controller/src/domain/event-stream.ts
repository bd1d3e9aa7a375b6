import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";

/** Which numbered events of one stream of a box are stored. */
export interface EventStream {
  /** Everything up to here is stored, or lost for good on the box as well. */
  readonly upTo: number;
  /** Stored numbers beyond a gap, and when each was stored. */
  readonly beyond: ReadonlyMap<number, Instant>;
}

export const EMPTY_STREAM: EventStream = { upTo: 0, beyond: new Map() };

/** More events than this beyond a gap are not remembered: the box sends them again. */
export const MAX_BEYOND = 1_024;

/** A copy that comes sooner is the network's doing; later ones the box itself has sent again. */
export const REPEAT_AFTER_MS = 3 * SECOND_MS;

export function isStored(stream: EventStream, number: number): boolean {
  return number <= stream.upTo || stream.beyond.has(number);
}

/** After an event was stored. */
export function afterStoring(stream: EventStream, number: number, now: Instant): EventStream {
  if (isStored(stream, number)) return stream;
  if (number === stream.upTo + 1) return closeGap(number, stream.beyond);
  if (stream.beyond.size >= MAX_BEYOND) return stream;
  return { upTo: stream.upTo, beyond: new Map([...stream.beyond, [number, now]]) };
}

/**
 * A box sends its events in order, from the first that it still holds. When one comes again that is stored beyond a
 * gap, the box has nothing left to fill the gap with: a restored controller was told of it in an earlier life.
 */
export function afterRepeat(stream: EventStream, number: number, now: Instant): EventStream {
  const storedAt = stream.beyond.get(number);
  if (storedAt === undefined || now < storedAt + REPEAT_AFTER_MS) return stream;
  return closeGap(number, stream.beyond);
}

/**
 * The stream as the store tells it at the start. Up to `floor` events were taken and, being old, removed; `count` are
 * there above it. Only an unbroken run is certain.
 */
export function streamFromStore(floor: number, last: number, count: number): EventStream {
  if (count === last - floor) return { upTo: last, beyond: new Map() };
  return { upTo: floor, beyond: new Map([[last, 0 as Instant]]) };
}

function closeGap(number: number, beyond: ReadonlyMap<number, Instant>): EventStream {
  let upTo = number;
  while (beyond.has(upTo + 1)) upTo += 1;
  return { upTo, beyond: new Map([...beyond].filter(([one]) => one > upTo)) };
}
