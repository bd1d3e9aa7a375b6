import { createDeadlines } from "@loa/controller/deadlines.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

test("whoever is due comes out once, the first one first, and only by its last deadline", () => {
  const deadlines = createDeadlines<string>();
  deadlines.set("a", 30);
  deadlines.set("b", 10);
  deadlines.set("c", 20);
  deadlines.set("b", 25);
  deadlines.delete("c");
  expect(deadlines.next()).toBe(25);
  expect(deadlines.due(24)).toEqual([]);
  expect(deadlines.due(30)).toEqual(["b", "a"]);
  expect(deadlines.due(99)).toEqual([]);
  expect(deadlines.next()).toBeNull();
});

test("whatever was set, replaced and taken out, the same are due as in a plain list", () => {
  const change = fc.record({
    key: fc.integer({ min: 0, max: 12 }),
    at: fc.option(fc.integer({ min: 0, max: 50 })),
    now: fc.integer({ min: 0, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const deadlines = createDeadlines<number>();
      const plain = new Map<number, number>();
      for (const { key, at, now } of changes) {
        if (at === null) plain.delete(key);
        else plain.set(key, at);
        if (at === null) deadlines.delete(key);
        else deadlines.set(key, at);
        const due = [...plain].filter(([, until]) => until <= now).map(([one]) => one);
        for (const one of due) plain.delete(one);
        expect([...deadlines.due(now)].sort((a, b) => a - b)).toEqual(due.sort((a, b) => a - b));
        expect(deadlines.next()).toBe(plain.size === 0 ? null : Math.min(...plain.values()));
      }
    }),
  );
});
