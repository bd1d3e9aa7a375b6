import type { Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { BoxRow, ReceiptRow } from "../api/shapes.ts";

export interface Session {
  readonly occurrenceId: OccurrenceId;
  readonly title: string;
  readonly dueAt: Instant;
  readonly tally: Readonly<Record<Verdict, number>>;
  /** Worst verdict first, then by name. */
  readonly receipts: readonly ReceiptRow[];
}

const worstFirst: Readonly<Record<Verdict, number>> = {
  missed: 0,
  unknown: 1,
  refused: 2,
  partial: 3,
  played: 4,
  heard: 5,
};

/** Receipts by occurrence, newest occurrence first. Of two receipts of one box the later one counts. */
export function sessionsOf(receipts: readonly ReceiptRow[]): readonly Session[] {
  const byOccurrence = new Map<OccurrenceId, Map<string, ReceiptRow>>();
  for (const one of receipts) {
    const rows = byOccurrence.get(one.occurrenceId) ?? new Map<string, ReceiptRow>();
    const known = rows.get(one.boxId);
    if (known === undefined || one.at >= known.at) rows.set(one.boxId, one);
    byOccurrence.set(one.occurrenceId, rows);
  }
  return [...byOccurrence.entries()]
    .flatMap(([occurrenceId, rows]) => sessionOf(occurrenceId, [...rows.values()]))
    .sort((a, b) => b.dueAt - a.dueAt);
}

/** The newest session that any of these boxes has a receipt of, counted over those that do. */
export function lastSession(rows: readonly BoxRow[]): Omit<Session, "receipts"> | null {
  const last = rows.flatMap((row) => (row.lastReceipt === null ? [] : [row.lastReceipt]));
  const [newest] = [...last].sort((a, b) => b.dueAt - a.dueAt);
  if (newest === undefined) return null;
  const { occurrenceId, title, dueAt } = newest;
  const tally = tallyOf(last.filter((one) => one.occurrenceId === occurrenceId));
  return { occurrenceId, title, dueAt, tally };
}

function tallyOf(of: readonly { readonly verdict: Verdict }[]): Record<Verdict, number> {
  const tally = { heard: 0, played: 0, partial: 0, missed: 0, refused: 0, unknown: 0 };
  for (const { verdict } of of) tally[verdict] += 1;
  return tally;
}

function sessionOf(occurrenceId: OccurrenceId, rows: readonly ReceiptRow[]): readonly Session[] {
  const [first] = rows;
  if (first === undefined) return [];
  const receipts = [...rows].sort(
    (a, b) =>
      worstFirst[a.verdict] - worstFirst[b.verdict] || a.clusterName.localeCompare(b.clusterName, "vi"),
  );
  return [{ occurrenceId, title: first.title, dueAt: first.dueAt, tally: tallyOf(rows), receipts }];
}
