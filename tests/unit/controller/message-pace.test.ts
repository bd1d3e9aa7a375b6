import {
  afterOneMore,
  MESSAGES_A_SECOND,
  MESSAGES_AT_ONCE,
  type MessagePace,
} from "@loa/controller/domain/message-pace.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";

/** How many of so many messages at one moment are taken. */
function taken(pace: MessagePace | null, count: number, atMs: number): [number, MessagePace | null] {
  let last = pace;
  for (let one = 0; one < count; one += 1) {
    const next = afterOneMore(last, asMonotonic(atMs));
    if (next === null) return [one, last];
    last = next;
  }
  return [count, last];
}

test("everything that days without network have gathered comes through at once", () => {
  expect(taken(null, 200, 0)[0]).toBe(200);
});

test("who sends more is cut off, gets a steady pace, and is free again after a rest", () => {
  const [first, empty] = taken(null, 10_000, 0);
  expect(first).toBe(MESSAGES_AT_ONCE);
  const [second, emptied] = taken(empty, 10_000, 1_000);
  expect(second).toBe(MESSAGES_A_SECOND);
  expect(taken(emptied, 10_000, 3_600_000)[0]).toBe(MESSAGES_AT_ONCE);
});

test("a box at the pace of its own events is never cut off", () => {
  let pace: MessagePace | null = null;
  for (let second = 0; second < 3_600; second += 1) {
    const [count, next]: [number, MessagePace | null] = taken(pace, 25, second * 1_000);
    expect(count).toBe(25);
    pace = next;
  }
});
