import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { Severity } from "@loa/shared/device/fault.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import type { Status } from "@loa/shared/wire/uplink.ts";
import type { Against, BoxRow, ReadinessStage } from "./box-row.ts";

/** What the box said last of one occurrence. */
export interface ReadinessTold {
  /** Null: it knows of none. */
  readonly occurrenceId: OccurrenceId | null;
  readonly stage: ReadinessStage;
  readonly lacks: readonly Cause[];
  readonly at: Instant;
}

/** A look anew, 15 minutes or 60 s before air, as it is kept. */
export interface ReadinessLook extends ReadinessTold {
  readonly occurrenceId: OccurrenceId;
  readonly stage: "early" | "late";
}

/** A box looks at everything that is due within 15 minutes; the oldest words give way. */
const MOST_TOLD = 20;

/** The latest word of each occurrence, the newest last. A later change does not undo that it was looked at. */
export function afterReady(
  known: readonly ReadinessTold[],
  told: Extract<Status, { k: "ready" }>,
  at: Instant,
): readonly ReadinessTold[] {
  const before = known.find((one) => one.occurrenceId === told.id);
  const stage = before !== undefined && told.stage === "next" ? before.stage : told.stage;
  const others = known.filter((one) => one !== before).slice(1 - MOST_TOLD);
  return [...others, { occurrenceId: told.id, stage, lacks: told.lacks, at }];
}

/** What was said of the occurrence ahead, else the newest word; null: none. */
export function toldOf(known: readonly ReadinessTold[], next: BoxRow["next"]): ReadinessTold | null {
  return known.find((one) => one.occurrenceId === next?.occurrenceId) ?? known.at(-1) ?? null;
}

/** Null for a word that is no look at an occurrence. */
export function lookOf(told: Extract<Status, { k: "ready" }>, at: Instant): ReadinessLook | null {
  const { id, stage, lacks } = told;
  return id === null || stage === "next" ? null : { occurrenceId: id, stage, lacks, at };
}

/** A box looks at its next occurrence this long before it is due. */
export const EARLY_LOOK_MS = 15 * MINUTE_MS;
/** And its word of it takes no longer than this, devices that answer slowly included. */
const LOOK_GRACE_MS = 2 * MINUTE_MS;

/** What a box plays next, and since when that is the next one. */
export interface Ahead {
  readonly next: BoxRow["next"];
  readonly since: Instant;
}

/** Past this the early look at what lies ahead should have been heard of; null where nothing does. */
export function lookDeadline({ next, since }: Ahead): Instant | null {
  if (next === null) return null;
  return plus(Math.max(plus(next.dueAt, -EARLY_LOOK_MS), since) as Instant, LOOK_GRACE_MS);
}

/**
 * What the box lacks and will most probably sound all the same; everything else keeps it silent. A box names lost mains
 * only where no battery carries it.
 */
const onlyWarnings: ReadonlySet<Cause> = new Set(["battery-low", "self-test-failed", "self-test-stale"]);

export function severityOfLack(cause: Cause): Severity {
  return onlyWarnings.has(cause) ? "warning" : "critical";
}

const severityOfPresence = { offline: "critical", suspect: "warning", unknown: "warning" } as const;

/** Everything that is known against this box being heard at its next occurrence, critical first. */
export function againstOf(
  row: Pick<BoxRow, "presence" | "faults">,
  ahead: Ahead,
  told: ReadinessTold | null,
  now: Instant,
): readonly Against[] {
  const { state } = row.presence;
  const found: Against[] = [];
  if (state !== "online") found.push({ kind: "presence", state, severity: severityOfPresence[state] });
  const lacks = told?.lacks ?? [];
  for (const cause of lacks) {
    // What cannot be reached says nothing of itself.
    if (cause === "offline" && state !== "online") continue;
    found.push({ kind: "cause", cause, severity: severityOfLack(cause) });
  }
  const said = new Set<string>(lacks);
  for (const { kind, severity } of row.faults) {
    if (severity === "critical" && !said.has(kind)) found.push({ kind: "fault", fault: kind, severity });
  }
  if (state === "online" && isLookMissing(ahead, told, now)) {
    found.push({ kind: "no-look", severity: "warning" });
  }
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const rank = { critical: 0, warning: 1 } as const;

/** Any word of that occurrence after the time of the early look is as good as the look itself. */
export function isLookMissing(ahead: Ahead, told: ReadinessTold | null, now: Instant): boolean {
  const { next } = ahead;
  const deadline = lookDeadline(ahead);
  if (next === null || deadline === null || now < deadline || now >= next.dueAt) return false;
  if (told === null || told.occurrenceId !== next.occurrenceId) return true;
  return told.stage === "next" && told.at < next.dueAt - EARLY_LOOK_MS;
}

const names = new Intl.Collator("vi");

/** Those that somebody should look after before their next occurrence: soonest first, then the worst, then by name. */
export function toFix(rows: readonly BoxRow[], before: number): readonly BoxRow[] {
  const dueAt = (row: BoxRow) => row.next?.dueAt ?? Number.POSITIVE_INFINITY;
  return rows
    .filter((row) => row.against.length > 0 && dueAt(row) < before)
    .sort(
      (a, b) =>
        dueAt(a) - dueAt(b) ||
        rank[worstOf(a)] - rank[worstOf(b)] ||
        names.compare(a.clusterName, b.clusterName),
    );
}

export function worstOf(row: Pick<BoxRow, "against">): Severity {
  return row.against[0]?.severity ?? "warning";
}
