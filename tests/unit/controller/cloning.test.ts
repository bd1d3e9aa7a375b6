import { afterMeeting, type CloneSign, type Meeting, type Meetings } from "@loa/controller/domain/cloning.ts";
import { asInstant, DAY_MS, HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";

const begin = asInstant(Date.UTC(2026, 10, 23));

/** The first sign that a row of connections gives. */
function signOf(meetings: readonly Meeting[], everyMs = MINUTE_MS): CloneSign | null {
  let known: Meetings | null = null;
  let at = begin;
  for (const meeting of meetings) {
    const after = afterMeeting(known, meeting, at);
    if (after.sign !== null) return after.sign;
    known = after.meetings;
    at = plus(at, everyMs);
  }
  return null;
}

const sessions = (...numbers: readonly number[]) => numbers.map((session) => ({ session, machine: null }));
const machines = (...names: readonly string[]) =>
  names.map((machine, index) => ({ session: index + 1, machine }));

describe("a card that was copied shows", () => {
  test("when two machines come in by turns", () => {
    expect(signOf(machines("a", "b", "a"))).toEqual({ kind: "two-machines", machines: ["b", "a"] });
  });

  test("when two machines that do not say who they are count for themselves", () => {
    expect(signOf(sessions(101, 101, 102, 102, 103, 103))?.kind).toBe("two-counts");
    expect(signOf(sessions(500, 58, 501, 59, 502, 60))?.kind).toBe("two-counts");
  });
});

describe("nothing is suspected when", () => {
  test.each<[string, readonly Meeting[], number?]>([
    ["a box comes back again and again", sessions(1, 2, 3, 4, 5, 6, 9, 12)],
    ["a card was moved into another board for good", machines("a", "a", "b", "b", "b")],
    ["the modem that is its name changes at each start", machines("a", "b", "c", "d", "e")],
    ["an older store was put back", sessions(100, 101, 40, 41, 42, 43)],
    ["a box that cannot write starts again and again", sessions(101, 101, 101, 101, 101, 101)],
    ["a repair brings an old board back after two months", machines("a", "b", "a"), 31 * DAY_MS],
    ["the count goes back once in a while", sessions(9, 5, 6, 3, 4, 1, 2, 1), HOUR_MS],
  ])("%s", (_, meetings, everyMs = MINUTE_MS) => {
    expect(signOf(meetings, everyMs)).toBeNull();
  });
});
