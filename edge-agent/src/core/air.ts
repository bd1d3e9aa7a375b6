import { type Occurrence, occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import { MAX_PROGRAMME_MS } from "@loa/shared/broadcast/content.ts";
import { type AirInputs, MAX_SHIFT_MS } from "@loa/shared/broadcast/on-air.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import type { Moment } from "./moment.ts";
import type { Agenda, AgentState, Playout } from "./state.ts";

/** Nothing due earlier than this can still sound. */
export const LOOK_BACK_MS = MAX_PROGRAMME_MS + MAX_SHIFT_MS;
/** How far ahead content and readiness look. */
export const LOOK_AHEAD_MS = DAY_MS + 2 * HOUR_MS;
const REFRESH_MS = HOUR_MS;

export const EMPTY_AGENDA: Agenda = { revision: 0, occurrences: [], validUntil: 0 as Instant };

/** The occurrences around now; asked of the calendar again after a new plan and once an hour. */
export function withAgenda(state: AgentState, { now }: Moment): AgentState {
  const { plan } = state.memory;
  const revision = plan?.revision ?? 0;
  const { revision: known, validUntil } = state.agenda;
  const isFresh = known === revision && now < validUntil && now > validUntil - 2 * REFRESH_MS;
  if (isFresh) return state;
  const occurrences =
    plan === null
      ? []
      : occurrencesBetween(plan.schedules, plus(now, -LOOK_BACK_MS), plus(now, LOOK_AHEAD_MS));
  const agenda = { revision, occurrences, validUntil: plus(now, REFRESH_MS) };
  return { ...state, agenda, playout: withoutOldFailures(state.playout, occurrences) };
}

/** What failed is of interest as long as it could sound. */
function withoutOldFailures(playout: Playout, occurrences: readonly Occurrence[]): Playout {
  if (playout.failed.size === 0) return playout;
  const known = new Set(occurrences.flatMap((one) => one.items.map((_, index) => itemKey(one.id, index))));
  return { ...playout, failed: new Map([...playout.failed].filter(([key]) => known.has(key))) };
}

/** Names one item of one occurrence. */
export function itemKey(id: OccurrenceId, itemIndex: number): string {
  return `${id}#${itemIndex}`;
}

export function airInputs(state: AgentState): AirInputs {
  return {
    occurrences: state.agenda.occurrences,
    progressOf: (id) => state.memory.progress.get(id),
    stoppedAt: state.memory.stoppedAt,
    rules: state.memory.plan?.rules ?? NO_RULES,
  };
}

/** The next occurrence that is still to come. */
export function nextOccurrence(state: AgentState, now: Instant): Occurrence | null {
  return state.agenda.occurrences.find((one) => one.at > now) ?? null;
}
