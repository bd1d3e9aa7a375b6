import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { type AirRules, isAllowedDay, touchesQuietHours } from "@loa/shared/broadcast/air-rules.ts";
import { toLocal } from "@loa/shared/kernel/time.ts";

/** Why an occurrence may not go on the air as it stands. The same words reach the page. */
type AirProblem =
  /** Two items of the same rung and order want the loudspeaker together: nobody decided who waits. */
  | { readonly kind: "clash"; readonly occurrence: Occurrence; readonly with: Occurrence }
  | { readonly kind: "quiet-hours"; readonly occurrence: Occurrence }
  | { readonly kind: "day-not-allowed"; readonly occurrence: Occurrence }
  | { readonly kind: "too-many-sessions"; readonly occurrence: Occurrence; readonly limit: number }
  | { readonly kind: "session-too-long"; readonly occurrence: Occurrence; readonly limitMs: number };

/**
 * Everything wrong with a list of occurrences under one set of rules. Signed exceptions pass rules, not clashes.
 * Written for a list instead of a draft, so that the dry run can be held against it.
 */
export function airProblems(occurrences: readonly Occurrence[], rules: AirRules): readonly AirProblem[] {
  const problems: AirProblem[] = [...clashesIn(occurrences)];
  const sessions = new Map<string, number>();
  for (const occurrence of occurrences) {
    if (occurrence.exception) continue;
    const { at, endsAt, durationMs } = occurrence;
    if (touchesQuietHours(rules.quietHours, at, endsAt)) problems.push({ kind: "quiet-hours", occurrence });
    if (!isAllowedDay(rules, at)) problems.push({ kind: "day-not-allowed", occurrence });
    if (rules.maxSessionMs !== null && durationMs > rules.maxSessionMs) {
      problems.push({ kind: "session-too-long", occurrence, limitMs: rules.maxSessionMs });
    }
    const day = toLocal(at).date;
    const count = (sessions.get(day) ?? 0) + 1;
    sessions.set(day, count);
    if (rules.maxSessionsPerDay !== null && count > rules.maxSessionsPerDay) {
      problems.push({ kind: "too-many-sessions", occurrence, limit: rules.maxSessionsPerDay });
    }
  }
  return problems;
}

/** Pairs that overlap in time with the same rung and order. A higher rung pre-empts by rule, which is no clash. */
export function clashesIn(occurrences: readonly Occurrence[]): readonly AirProblem[] {
  const sorted = [...occurrences].sort((a, b) => a.at - b.at);
  const clashes: AirProblem[] = [];
  const open: Occurrence[] = [];
  for (const occurrence of sorted) {
    const still = open.filter((earlier) => earlier.endsAt > occurrence.at);
    open.splice(0, open.length, ...still, occurrence);
    for (const earlier of still) {
      if (earlier.rung === occurrence.rung && earlier.order === occurrence.order) {
        clashes.push({ kind: "clash", occurrence, with: earlier });
      }
    }
  }
  return clashes;
}
