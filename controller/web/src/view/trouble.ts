import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { BoxRow, PresenceState } from "../api/shapes.ts";

/** One reason why a box will probably not be heard. */
export type Reason =
  | { readonly kind: "presence"; readonly state: Exclude<PresenceState, "online"> }
  | { readonly kind: "cause"; readonly cause: Cause }
  | { readonly kind: "fault"; readonly fault: FaultKind };

/** Why this box may be silent at its next session; empty when nothing is known against it. */
export function reasonsAgainst(row: BoxRow): readonly Reason[] {
  const { state } = row.presence;
  const presence: Reason[] = state === "online" ? [] : [{ kind: "presence", state }];
  const lacks: Reason[] = row.readiness.lacks
    .filter((cause) => cause !== "offline" || presence.length === 0)
    .map((cause) => ({ kind: "cause", cause }));
  const said = new Set<string>(row.readiness.lacks);
  const faults: Reason[] = row.faults
    .filter((fault) => fault.severity === "critical" && !said.has(fault.kind))
    .map((fault) => ({ kind: "fault", fault: fault.kind }));
  return [...presence, ...lacks, ...faults];
}

/** A session that should have begun this long ago is no longer ahead, ms. */
const BEGUN_MS = 5_000;

/** The session ahead, as far as it is known: what a lost box said last may be over by now. */
export function nextOf(row: BoxRow, now: Instant): BoxRow["next"] {
  return row.next === null || row.next.dueAt < now - BEGUN_MS ? null : row.next;
}

export interface SilentSession {
  readonly occurrenceId: OccurrenceId;
  readonly title: string;
  readonly dueAt: Instant;
  /** How many of the boxes seen here are due to play it. */
  readonly due: number;
  readonly silent: readonly { readonly row: BoxRow; readonly reasons: readonly Reason[] }[];
}

/** The next sessions, soonest first, each with the boxes that will not speak and why. */
export function silentSessions(rows: readonly BoxRow[], now: Instant): readonly SilentSession[] {
  const sessions = new Map<OccurrenceId, SilentSession>();
  for (const row of rows) {
    const next = nextOf(row, now);
    if (next === null) continue;
    const { occurrenceId, title, dueAt } = next;
    const known = sessions.get(occurrenceId) ?? { occurrenceId, title, dueAt, due: 0, silent: [] };
    const reasons = reasonsAgainst(row);
    sessions.set(occurrenceId, {
      ...known,
      due: known.due + 1,
      silent: reasons.length === 0 ? known.silent : [...known.silent, { row, reasons }],
    });
  }
  return [...sessions.values()].sort((a, b) => a.dueAt - b.dueAt);
}

/** Higher: shown earlier. */
export function urgencyOf(row: BoxRow): number {
  const presence = { offline: 8, suspect: 4, unknown: 3, online: 0 }[row.presence.state];
  const readiness = { "not-ready": 6, unknown: 1, ready: 0 }[row.readiness.state];
  const faults = row.faults.reduce((sum, fault) => sum + (fault.severity === "critical" ? 5 : 2), 0);
  const last = row.lastReceipt?.verdict;
  const receipt = last === "missed" || last === "unknown" || last === "partial" ? 1 : 0;
  return presence + readiness + faults + receipt;
}

/** Boxes in trouble first; equals by name, so that the list does not jump. */
export function problemsFirst(rows: readonly BoxRow[]): readonly BoxRow[] {
  return rows
    .map((row) => ({ row, urgency: urgencyOf(row) }))
    .sort((a, b) => b.urgency - a.urgency || a.row.clusterName.localeCompare(b.row.clusterName, "vi"))
    .map(({ row }) => row);
}

export type RowFilter = "all" | "trouble" | "not-ready" | "offline" | "on-air";

export function matches(row: BoxRow, filter: RowFilter, words: string): boolean {
  return (
    passes(row, filter) &&
    (words === "" || contains(`${row.clusterName} ${row.areaName} ${row.boxId}`, words))
  );
}

function passes(row: BoxRow, filter: RowFilter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "trouble":
      return urgencyOf(row) > 0;
    case "not-ready":
      return row.readiness.state === "not-ready";
    case "offline":
      return row.presence.state !== "online";
    case "on-air":
      return row.onAir !== null;
  }
}

/** People type without diacritics: «thon dong» finds «Thôn Đông». */
export function contains(text: string, words: string): boolean {
  const folded = fold(text);
  return fold(words)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}
