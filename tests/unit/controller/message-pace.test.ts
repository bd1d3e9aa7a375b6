import {
  type Allowance,
  afterOneMore,
  eventsOfABox,
  messagesOfABox,
  type Pace,
} from "@loa/controller/domain/message-pace.ts";
import { asMonotonic, DAY_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";

/** How many of so many at one moment are taken. */
function taken(of: Allowance, pace: Pace | null, count: number, atMs: number): [number, Pace | null] {
  let last = pace;
  for (let one = 0; one < count; one += 1) {
    const next = afterOneMore(last, asMonotonic(atMs), of);
    if (next === null) return [one, last];
    last = next;
  }
  return [count, last];
}

test("everything that days without network have gathered comes through at once", () => {
  expect(taken(messagesOfABox, null, 200, 0)[0]).toBe(200);
  expect(taken(eventsOfABox, null, 1_000, 0)[0]).toBe(1_000);
});

test.each([messagesOfABox, eventsOfABox])(
  "who sends more is cut off, gets a steady pace, and is free again after a rest",
  (of) => {
    const [first, empty] = taken(of, null, 10_000, 0);
    expect(first).toBe(of.atOnce);
    const [second, emptied] = taken(of, empty, 10_000, 10_000);
    expect(second).toBe(of.aSecond * 10);
    expect(taken(of, emptied, 10_000, DAY_MS)[0]).toBe(of.atOnce);
  },
);

test("a box at the pace of its own events is never cut off", () => {
  let pace: Pace | null = null;
  for (let second = 0; second < 3_600; second += 1) {
    const [count, next]: [number, Pace | null] = taken(messagesOfABox, pace, 25, second * 1_000);
    expect(count).toBe(25);
    pace = next;
  }
});
