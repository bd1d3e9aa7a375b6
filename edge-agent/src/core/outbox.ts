import type { BoxEvent, EventBody } from "@loa/shared/wire/bodies.ts";
import { put, type RecordChange } from "./effect.ts";
import type { Memory } from "./memory.ts";

/**
 * Adds events to the box's own outbox: they stay on the disk until the controller says that it has them. Every run of
 * the agent numbers its own under a new stream: a number that was told while the disk was full and was gone after the
 * next power cut must never be given to something else.
 */
export function withEvents(
  memory: Memory,
  events: readonly BoxEvent[],
): { memory: Memory; changes: readonly RecordChange[] } {
  if (events.length === 0) return { memory, changes: [] };
  const bodies = events.map(
    (event, index): EventBody => ({ stream: memory.stream, number: memory.lastEvent + index + 1, event }),
  );
  return {
    memory: { ...memory, events: [...memory.events, ...bodies], lastEvent: memory.lastEvent + events.length },
    changes: bodies.map((body) => put("event", eventKey(body), body)),
  };
}

/** The controller has everything of this stream up to here, of what `wasSent` to it. */
export function withoutEvents(
  memory: Memory,
  stream: string,
  upTo: number,
  wasSent: (one: EventBody) => boolean,
): { memory: Memory; changes: readonly RecordChange[] } {
  const isGone = (one: EventBody) => one.stream === stream && one.number <= upTo && wasSent(one);
  const gone = memory.events.filter(isGone);
  if (gone.length === 0) return { memory, changes: [] };
  return {
    memory: { ...memory, events: memory.events.filter((one) => !isGone(one)) },
    changes: gone.map((one) => ({ op: "delete", table: "event", key: eventKey(one) })),
  };
}

/** Padded, so that the order of the keys is the order of the numbers. */
export function eventKey({ stream, number }: Pick<EventBody, "stream" | "number">): string {
  return `${stream}/${String(number).padStart(12, "0")}`;
}
