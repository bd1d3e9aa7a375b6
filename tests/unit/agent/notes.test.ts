import { Notes } from "@loa/edge-agent/core/notes.ts";
import { occurrenceId } from "@loa/shared/kernel/ids.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const ids = ["08:00", "09:00", "10:00", "11:00"].map((time) =>
  occurrenceId.parse(`schedule-1@2026-11-23T${time}:00`),
);
const note = fc.record({ id: fc.constantFrom(...ids), isOver: fc.boolean(), playedMs: fc.nat(1_000) });

test("the last note of every occurrence is found, and the open ones apart, whatever is noted after what", () => {
  fc.assert(
    fc.property(fc.array(fc.array(note, { maxLength: 3 }), { maxLength: 8 }), (changes) => {
      const last = new Map(changes.flat().map((one) => [one.id, one]));
      const notes = changes.reduce((all, some) => all.with(some), Notes.of<(typeof changes)[0][0]>([]));
      for (const id of ids) expect(notes.get(id)).toEqual(last.get(id) ?? null);
      expect(new Set(notes.all())).toEqual(new Set(last.values()));
      expect(new Set(notes.open())).toEqual(new Set([...last.values()].filter((one) => !one.isOver)));
    }),
  );
});

test("an earlier value knows nothing of what was noted later", () => {
  const [id] = ids;
  if (id === undefined) throw new Error("no id");
  const before = Notes.of<{ id: typeof id; isOver: boolean }>([{ id, isOver: false }]);
  const after = before.with([{ id, isOver: true }]);
  expect([before.open().length, after.open().length]).toEqual([1, 0]);
  expect([before.without([id]).get(id), before.get(id)?.isOver]).toEqual([null, false]);
});
