import { type Instant, plus } from "@loa/shared/kernel/time.ts";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AuditRow } from "../api/audit-calls.ts";
import * as calls from "../api/audit-calls.ts";
import type { Problem } from "../api/http.ts";
import { now } from "../live/clock.ts";
import { becomeSignedOut } from "../live/session.ts";

/** What a browser holds and searches without a pause. */
const MAX_ROWS = 20_000;

export interface AuditRows {
  readonly rows: readonly AuditRow[];
  /** Older ones of the period are still to be asked for. */
  readonly hasMore: boolean;
  /** Older ones are there, and more than a browser holds. */
  readonly isCut: boolean;
  readonly isAsking: boolean;
  readonly problem: Problem | null;
  readonly askOlder: () => void;
}

const nothing = { rows: [], hasMore: true, isCut: false, isAsking: true, problem: null } as const;

/** The record of a period, from its newest row on, in parts. */
export function useAuditRows(periodMs: number): AuditRows {
  const [known, setKnown] = useState<Omit<AuditRows, "askOlder">>(nothing);
  const period = useRef<{ readonly from: Instant; readonly to: Instant } | null>(null);
  const ask = async (rows: readonly AuditRow[]) => {
    const of = period.current;
    if (of === null) return;
    setKnown({ ...nothing, rows });
    const answer = await calls.auditRows({ ...of, before: rows.at(-1)?.id ?? null });
    // Meanwhile another period was chosen.
    if (period.current !== of) return;
    if (!answer.ok && answer.error.status === 401) return becomeSignedOut(answer.error);
    if (!answer.ok) return setKnown({ ...nothing, rows, isAsking: false, problem: answer.error });
    const all = [...rows, ...answer.value.rows];
    const isCut = answer.value.more && all.length >= MAX_ROWS;
    const hasMore = answer.value.more && !isCut;
    setKnown({ rows: all, hasMore, isCut, isAsking: false, problem: null });
  };
  useEffect(() => {
    const at = now.peek();
    period.current = { from: plus(at, -periodMs), to: plus(at, 1_000) };
    void ask([]);
    return () => {
      period.current = null;
    };
  }, [periodMs]);
  return { ...known, askOlder: () => void ask(known.rows) };
}
