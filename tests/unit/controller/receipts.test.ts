import type { ScheduleInput } from "@loa/controller/domain/plan-tables.ts";
import {
  newlyDue,
  REPORT_GRACE_MS,
  readOccurrenceId,
  receiptWait,
  wasEverPlanned,
} from "@loa/controller/domain/receipts.ts";
import { occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import type { AreaId, BoxId, OccurrenceId, ProgrammeId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRecurrence, scheduleOf } from "../../support/schedules.ts";

const at = asInstant(Date.UTC(2026, 10, 23, 5));
const due = { id: "news@2026-11-23T12:00:00" as OccurrenceId, at, endsAt: plus(at, 600_000) };
const boxes = ["box-1"] as BoxId[];
const commune = "commune" as AreaId;

test("nothing is said before the grace after the start is over", () => {
  const silent = { presence: "offline", onAir: null } as const;
  expect(receiptWait(due, silent, plus(at, REPORT_GRACE_MS - 1))).toEqual({
    kind: "wait",
    until: plus(at, REPORT_GRACE_MS),
  });
  expect(receiptWait(due, silent, plus(at, REPORT_GRACE_MS))).toEqual({ kind: "unknown", cause: "offline" });
});

test("a box in touch that plays nothing has given no report; one out of touch is offline, whatever it said last", () => {
  const now = plus(at, 50_000);
  expect(receiptWait(due, { presence: "online", onAir: null }, now)).toEqual({
    kind: "unknown",
    cause: "no-report",
  });
  for (const presence of ["offline", "unknown"] as const) {
    expect(receiptWait(due, { presence, onAir: due.id }, now)).toEqual({ kind: "unknown", cause: "offline" });
  }
});

test("a box that plays is waited for, but never for ever", () => {
  const playing = { presence: "online", onAir: due.id } as const;
  let now = plus(at, REPORT_GRACE_MS);
  for (let looks = 0; looks < 1_000; looks += 1) {
    const wait = receiptWait(due, playing, now);
    if (wait.kind === "unknown") break;
    expect(wait.until).toBeGreaterThan(now);
    now = wait.until;
  }
  expect(receiptWait(due, playing, now)).toEqual({ kind: "unknown", cause: "no-report" });
  expect(now).toBeGreaterThanOrEqual(due.endsAt + REPORT_GRACE_MS);
});

test("every occurrence becomes due in exactly one look, however the looks fall", () => {
  fc.assert(
    fc.property(
      anyRecurrence,
      fc.array(fc.integer({ min: 1, max: DAY_MS }), { minLength: 1, maxLength: 8 }),
      (recurrence, steps) => {
        const schedules = [scheduleOf({ recurrence })];
        const seen: OccurrenceId[] = [];
        let looked = at;
        for (const step of steps) {
          const next = plus(looked, step);
          seen.push(...newlyDue(schedules, boxes, looked, next).map((one) => one.id));
          looked = next;
        }
        const all = occurrencesBetween(schedules, plus(at, 1), plus(looked, 1)).map((one) => one.id);
        expect(seen).toEqual(all);
      },
    ),
  );
});

const planned: ScheduleInput = {
  ...scheduleOf(),
  turns: false,
  programmeId: "news" as ProgrammeId,
  areas: [commune],
  standing: "in-force",
};

test("a box may speak of every occurrence that its plan had, and of no other", () => {
  fc.assert(
    fc.property(anyRecurrence, fc.integer({ min: 3, max: 86_400 }), (recurrence, offBySeconds) => {
      const schedule = { ...planned, recurrence };
      const occurrences = occurrencesBetween([scheduleOf({ recurrence })], at, plus(at, 7 * DAY_MS));
      for (const one of occurrences.slice(0, 5)) {
        const name = readOccurrenceId(one.id);
        if (name === null) throw new Error("not read");
        expect(wasEverPlanned(schedule, name, one.at, [commune])).toBe(true);
        expect(wasEverPlanned({ ...schedule, standing: "withdrawn" }, name, one.at, [commune])).toBe(true);
        expect(wasEverPlanned({ ...schedule, standing: "waiting" }, name, one.at, [commune])).toBe(false);
        expect(wasEverPlanned({ ...schedule, class: "emergency" }, name, one.at, [commune])).toBe(false);
        expect(wasEverPlanned(schedule, name, plus(one.at, offBySeconds * 1_000), [commune])).toBe(false);
        // A cluster that waits for its turn was due later, by hours at most, and none was due before.
        const turning = { ...schedule, turns: true };
        const isInTurn = offBySeconds * 1_000 <= 4 * HOUR_MS + 2_000;
        expect(wasEverPlanned(turning, name, plus(one.at, offBySeconds * 1_000), [commune])).toBe(isInTurn);
        expect(wasEverPlanned(turning, name, plus(one.at, -1_000), [commune])).toBe(false);
        expect(wasEverPlanned(schedule, name, one.at, ["elsewhere" as AreaId])).toBe(false);
        expect(wasEverPlanned({ ...schedule, effectiveFrom: plus(one.at, 1) }, name, one.at, [commune])).toBe(
          false,
        );
      }
    }),
  );
});

test("an occurrence on a day that does not exist is none", () => {
  expect(readOccurrenceId("news@2026-13-41T12:00:00" as OccurrenceId)).toBeNull();
  expect(readOccurrenceId("news@2026-11-23T12:00:00" as OccurrenceId)).toMatchObject({ at });
});
