import {
  afterRepeat,
  afterStoring,
  EMPTY_STREAM,
  type EventStream,
  isStored,
  MAX_BEYOND,
  REPEAT_AFTER_MS,
  streamFromStore,
} from "@loa/controller/domain/event-stream.ts";
import { asInstant, plus } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const now = asInstant(0);
const storing = (numbers: readonly number[], stream: EventStream = EMPTY_STREAM) =>
  numbers.reduce((known, number) => afterStoring(known, number, now), stream);

test("a box is told of no event that is not stored, in whatever order they come", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 30 })), (numbers) => {
      const { upTo } = storing(numbers);
      for (let number = 1; number <= upTo; number += 1) expect(numbers).toContain(number);
      expect(numbers).not.toContain(upTo + 1);
    }),
  );
});

test("every stored event is known as stored", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 30 })), (numbers) => {
      const stream = storing(numbers);
      for (let number = 1; number <= 30; number += 1) {
        expect(isStored(stream, number)).toBe(numbers.includes(number));
      }
    }),
  );
});

test("a box that begins beyond a gap and repeats itself has nothing left to fill it with", () => {
  const stream = storing([7, 8]);
  expect(stream.upTo).toBe(0);
  expect(afterRepeat(stream, 7, plus(now, REPEAT_AFTER_MS - 1)).upTo).toBe(0);
  expect(afterRepeat(stream, 7, plus(now, REPEAT_AFTER_MS)).upTo).toBe(8);
});

test("after a restart only an unbroken run from the first event is certain", () => {
  expect(streamFromStore(0, 9, 9).upTo).toBe(9);
  expect(streamFromStore(0, 9, 8).upTo).toBe(0);
  expect(streamFromStore(4, 9, 5).upTo).toBe(9);
  expect(streamFromStore(4, 9, 4).upTo).toBe(4);
});

test("a hostile box cannot make the memory grow", () => {
  const stream = storing(Array.from({ length: 3 * MAX_BEYOND }, (_, index) => 2 * index + 2));
  expect(stream.beyond.size).toBe(MAX_BEYOND);
});
