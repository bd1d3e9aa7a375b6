import type { Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { ReceiptRow } from "../api/shapes.ts";

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

function sessionOf(occurrenceId: OccurrenceId, rows: readonly ReceiptRow[]): readonly Session[] {
  const [first] = rows;
  if (first === undefined) return [];
  const tally = { heard: 0, played: 0, partial: 0, missed: 0, refused: 0, unknown: 0 };
  for (const row of rows) tally[row.verdict] += 1;
  const receipts = [...rows].sort(
    (a, b) =>
      worstFirst[a.verdict] - worstFirst[b.verdict] || a.clusterName.localeCompare(b.clusterName, "vi"),
  );
  return [{ occurrenceId, title: first.title, dueAt: first.dueAt, tally, receipts }];
}
