import type { BoxFault, BoxRow } from "@loa/controller/domain/box-row.ts";
import { trendOf } from "@loa/controller/domain/line-trend.ts";
import {
  afterReady,
  againstOf,
  isLookMissing,
  lookDeadline,
  lookOf,
  type ReadinessTold,
  toFix,
  toldOf,
} from "@loa/controller/domain/readiness.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { type FaultKind, severityOf } from "@loa/shared/device/fault.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { asInstant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";

const dueAt = asInstant(Date.UTC(2026, 10, 23, 10));
const session = "evening@2026-11-23T17:00:00" as OccurrenceId;
const next = { occurrenceId: session, title: "Bản tin chiều", dueAt };
const longAgo = plus(dueAt, -86_400_000);
const ahead = { next, since: longAgo };
const minutesBefore = (minutes: number) => plus(dueAt, -minutes * MINUTE_MS);

function told(changed: Partial<ReadinessTold> = {}): ReadinessTold {
  return { occurrenceId: session, stage: "next", lacks: [], at: minutesBefore(60), ...changed };
}

function raised(kind: FaultKind): BoxFault {
  const since = minutesBefore(60);
  return { kind, severity: severityOf[kind], since, point: null, value: null, threshold: null };
}

function against(
  row: Partial<Pick<BoxRow, "faults">> & { state?: BoxRow["presence"]["state"] },
  ready: ReadinessTold | null,
  now = minutesBefore(30),
) {
  const { state = "online", faults = [] } = row;
  return againstOf({ presence: { state, since: dueAt, heardAt: dueAt }, faults }, ahead, ready, now);
}

describe("what stands against the next occurrence", () => {
  it("is nothing for a box that said it is ready", () => {
    expect(against({}, told())).toEqual([]);
  });

  it("names what the box lacks, what nobody can know, and critical faults once each, critical first", () => {
    const lacks: readonly Cause[] = ["self-test-stale", "amplifier-unreachable"];
    const faults = [raised("amplifier-unreachable"), raised("line-open"), raised("cabinet-open")];
    expect(against({ state: "suspect", faults }, told({ lacks }))).toEqual([
      { kind: "cause", cause: "amplifier-unreachable", severity: "critical" },
      { kind: "fault", fault: "line-open", severity: "critical" },
      { kind: "presence", state: "suspect", severity: "warning" },
      { kind: "cause", cause: "self-test-stale", severity: "warning" },
    ]);
  });

  it("says once of a lost box that it is lost", () => {
    expect(against({ state: "offline" }, told({ lacks: ["offline"] }))).toEqual([
      { kind: "presence", state: "offline", severity: "critical" },
    ]);
  });
});

describe("the look 15 minutes before air", () => {
  const late = asInstant(lookDeadline(ahead) ?? 0);

  it("is missed when nothing of it came in time", () => {
    expect(isLookMissing(ahead, told(), plus(late, -1))).toBe(false);
    expect(isLookMissing(ahead, told(), late)).toBe(true);
    expect(isLookMissing(ahead, null, late)).toBe(true);
    expect(against({}, told(), late)).toEqual([{ kind: "no-look", severity: "warning" }]);
  });

  it("came when the box says so, and a later change does not undo it", () => {
    const status = { k: "ready" as const, n: 1, id: session, dueAt, lacks: [] };
    const at = minutesBefore(15);
    const early = afterReady([told()], { ...status, at, stage: "early" }, at);
    expect(isLookMissing(ahead, toldOf(early, next), late)).toBe(false);
    const changed = afterReady(early, { ...status, at, stage: "next", lacks: ["disk-full"] }, at);
    expect(changed).toMatchObject([{ stage: "early", lacks: ["disk-full"] }]);
    expect(lookOf({ ...status, at, stage: "late" }, at)).toMatchObject({ stage: "late" });
    expect(lookOf({ ...status, at, stage: "next" }, at)).toBeNull();
  });

  it("at an occurrence further on says nothing of the next one, and takes nothing away from it", () => {
    const further = "later@2026-11-23T17:10:00" as OccurrenceId;
    const status = { k: "ready" as const, n: 1, dueAt, at: late, lacks: [] };
    const early = afterReady([], { ...status, id: session, stage: "early" }, late);
    const both = afterReady(early, { ...status, id: further, stage: "early", lacks: ["disk-full"] }, late);
    expect(toldOf(both, next)).toMatchObject({ occurrenceId: session, lacks: [] });
    expect(isLookMissing(ahead, toldOf(both, next), late)).toBe(false);
    expect(toldOf(both, null)).toMatchObject({ occurrenceId: further });
    expect(toldOf([], next)).toBeNull();
  });

  it("is not asked of a plan that was made afterwards, nor once the occurrence has begun", () => {
    expect(isLookMissing(ahead, told({ at: minutesBefore(5) }), minutesBefore(4))).toBe(false);
    expect(isLookMissing(ahead, null, dueAt)).toBe(false);
    expect(isLookMissing({ next: null, since: longAgo }, null, late)).toBe(false);
  });

  it("is not asked of what has become the next one only now, though another has just begun", () => {
    const justNow = { next, since: minutesBefore(1) };
    expect(isLookMissing(justNow, told({ occurrenceId: null }), minutesBefore(0.5))).toBe(false);
    expect(isLookMissing({ next, since: minutesBefore(9) }, null, minutesBefore(7))).toBe(true);
    expect(lookDeadline({ next: null, since: longAgo })).toBeNull();
  });

  it("of another occurrence is none of this one", () => {
    const other = told({ occurrenceId: "s@2026-11-23T05:00:00" as OccurrenceId, stage: "late" });
    expect(isLookMissing(ahead, other, late)).toBe(true);
  });
});

describe("the list of what to fix", () => {
  it("is ordered by time, then severity, then name, and leaves out what has nothing ahead", () => {
    const critical = { kind: "presence", state: "offline", severity: "critical" } as const;
    const warning = { kind: "no-look", severity: "warning" } as const;
    const row = (name: string, minutes: number, ...found: BoxRow["against"]) =>
      ({ clusterName: name, next: { ...next, dueAt: minutesBefore(-minutes) }, against: found }) as BoxRow;
    const rows = [
      row("Đông", 5, warning),
      row("An", 5, critical),
      row("Ba", 5, critical),
      row("Sớm", 1, warning),
      row("Yên", 1),
      { ...row("Nghỉ", 0, critical), next: null },
    ];
    const names = (before: number) => toFix(rows, before).map((one) => one.clusterName);
    expect(names(Number.POSITIVE_INFINITY)).toEqual(["Sớm", "An", "Ba", "Đông"]);
    expect(names(minutesBefore(-2))).toEqual(["Sớm"]);
  });
});

describe("the trend of a line", () => {
  it("is the newest test against the middle of those before it", () => {
    expect(trendOf([0.4, 0.5, null, 9, 0.5])).toMatchObject({ latest: 0.4, usual: 0.5 });
    expect(trendOf([0.4, 0.5, 0.6, 0.5, 0.7])?.usual).toBeCloseTo(0.55);
  });

  it("is not said of a few tests, nor where nobody measures", () => {
    expect(trendOf([0.4, 0.5, 0.5])).toEqual({ latest: 0.4, usual: null, change: null });
    expect(trendOf([null, null])).toBeNull();
    expect(trendOf([0, 0, 0, 0])).toEqual({ latest: 0, usual: 0, change: null });
  });
});
