import type { Severity } from "@loa/shared/device/fault.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { BoxRow } from "../api/shapes.ts";
import { isSounding } from "./known-now.ts";

/** A session that should have begun this long ago is no longer ahead, ms. */
const BEGUN_MS = 5_000;

/** The session ahead, as far as it is known: what a lost box said last may be over by now. */
export function nextOf(row: BoxRow, now: Instant): BoxRow["next"] {
  return row.next === null || row.next.dueAt < now - BEGUN_MS ? null : row.next;
}

/** A cluster that somebody should look after before a session. */
export interface ToFix {
  readonly row: BoxRow;
  readonly severity: Severity;
}

export interface SessionAhead {
  readonly occurrenceId: OccurrenceId;
  readonly title: string;
  readonly dueAt: Instant;
  /** How many of the boxes seen here are due to play it. */
  readonly due: number;
  /** How many of those will not be heard, and how many may not be. */
  readonly silent: number;
  readonly doubtful: number;
  /** Those, the worst first, then by name. */
  readonly toFix: readonly ToFix[];
}

/** The next sessions, soonest first, each with the boxes that will not speak or may not. */
export function sessionsAhead(rows: readonly BoxRow[], now: Instant): readonly SessionAhead[] {
  const sessions = new Map<OccurrenceId, BoxRow[]>();
  for (const row of rows) {
    const next = nextOf(row, now);
    if (next === null) continue;
    const known = sessions.get(next.occurrenceId);
    if (known === undefined) sessions.set(next.occurrenceId, [row]);
    else known.push(row);
  }
  return [...sessions.values()].flatMap(sessionOf).sort((a, b) => a.dueAt - b.dueAt);
}

function sessionOf(rows: readonly BoxRow[]): readonly SessionAhead[] {
  const next = rows[0]?.next ?? null;
  if (next === null) return [];
  const toFix = rows.flatMap((row) => {
    const severity = row.against[0]?.severity;
    return severity === undefined ? [] : [{ row, severity }];
  });
  const silent = toFix.filter((one) => one.severity === "critical").length;
  const doubtful = toFix.length - silent;
  return [{ ...next, due: rows.length, silent, doubtful, toFix: toFix.sort(worstFirst) }];
}

const rank = { critical: 0, warning: 1 } as const;
/** One for all: a province of 10,000 rows is sorted anew each second while somebody looks at it. */
const names = new Intl.Collator("vi");

function worstFirst(a: ToFix, b: ToFix): number {
  return rank[a.severity] - rank[b.severity] || names.compare(a.row.clusterName, b.row.clusterName);
}

/** Higher: shown earlier. */
export function urgencyOf(row: BoxRow): number {
  const presence = { offline: 8, suspect: 4, unknown: 3, online: 0 }[row.presence.state];
  const readiness = { "not-ready": 6, unknown: 1, ready: 0 }[row.readiness.state];
  const isDoubtful = row.against.some(({ kind, severity }) => kind !== "presence" && severity === "warning");
  const faults = row.faults.reduce((sum, fault) => sum + (fault.severity === "critical" ? 5 : 2), 0);
  const last = row.lastReceipt?.verdict;
  const receipt = last === "missed" || last === "unknown" || last === "partial" ? 1 : 0;
  return presence + readiness + faults + receipt + (isDoubtful ? 2 : 0);
}

/** Boxes in trouble first; equals by name, so that the list does not jump. */
export function problemsFirst(rows: readonly BoxRow[]): readonly BoxRow[] {
  return rows
    .map((row) => ({ row, urgency: urgencyOf(row) }))
    .sort((a, b) => b.urgency - a.urgency || names.compare(a.row.clusterName, b.row.clusterName))
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
      return isSounding(row);
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
