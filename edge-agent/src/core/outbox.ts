import type { BoxEvent, EventBody } from "@loa/shared/wire/bodies.ts";
import { put, type RecordChange } from "./effect.ts";
import type { Memory } from "./memory.ts";

/** Adds events to the box's own outbox: they stay on the disk until the controller says that it has them. */
export function withEvents(
  memory: Memory,
  events: readonly BoxEvent[],
): { memory: Memory; changes: readonly RecordChange[] } {
  if (events.length === 0) return { memory, changes: [] };
  const bodies = events.map(
    (event, index): EventBody => ({ stream: memory.stream, number: memory.lastEvent + index + 1, event }),
  );
  const lastEvent = memory.lastEvent + events.length;
  return {
    memory: { ...memory, events: [...memory.events, ...bodies], lastEvent },
    changes: [
      ...bodies.map((body) => put("event", eventKey(body.number), body)),
      put("meta", "last-event", lastEvent),
      // With the first number, or a restart would go on under another name and never get rid of these.
      put("meta", "stream", memory.stream),
    ],
  };
}

/** The controller has everything up to here. */
export function withoutEvents(
  memory: Memory,
  upTo: number,
): { memory: Memory; changes: readonly RecordChange[] } {
  const gone = memory.events.filter((one) => one.number <= upTo);
  if (gone.length === 0) return { memory, changes: [] };
  return {
    memory: { ...memory, events: memory.events.filter((one) => one.number > upTo) },
    changes: gone.map((one) => ({ op: "delete", table: "event", key: eventKey(one.number) })),
  };
}

/** Padded, so that the order of the keys is the order of the numbers. */
function eventKey(number: number): string {
  return String(number).padStart(12, "0");
}
