import { type Occurrence, occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import { MAX_PROGRAMME_MS } from "@loa/shared/broadcast/content.ts";
import { type AirInputs, MAX_SHIFT_MS } from "@loa/shared/broadcast/on-air.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import { emergencyOccurrences } from "./emergencies.ts";
import type { Moment } from "./moment.ts";
import { limitsOf } from "./safety.ts";
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
      : occurrencesBetween(plan.schedules, plus(now, -LOOK_BACK_MS), plus(now, LOOK_AHEAD_MS)).map((one) =>
          aligned(one, plan.alignDelayMs),
        );
  const agenda = { revision, occurrences, validUntil: plus(now, REFRESH_MS) };
  const looked = { ...state, agenda };
  return { ...looked, playout: withoutOldFailures(state.playout, occurrencesIn(looked)) };
}

/** So that sound from several clusters meets the ear together, each begins later by what its way is shorter. */
function aligned(one: Occurrence, byMs: number): Occurrence {
  return byMs === 0 ? one : { ...one, at: plus(one.at, byMs), endsAt: plus(one.endsAt, byMs) };
}

/** What failed is of interest as long as it could sound. */
function withoutOldFailures(playout: Playout, occurrences: readonly Occurrence[]): Playout {
  if (playout.failed.size === 0) return playout;
  const known = new Set<string>(occurrences.map((one) => one.id));
  const isKnown = (key: string) => known.has(key.slice(0, key.indexOf("#")));
  return { ...playout, failed: new Map([...playout.failed].filter(([key]) => isKnown(key))) };
}

/** Names one item of one occurrence. */
export function itemKey(id: OccurrenceId, itemIndex: number): string {
  return `${id}#${itemIndex}`;
}

/** Names what stands in for an item that fails. */
export function fillerKey(id: OccurrenceId, itemIndex: number): string {
  return `${itemKey(id, itemIndex)}#filler`;
}

/** The emergencies that stand, and what the calendar knows of the hours around now. */
export function occurrencesIn(state: AgentState): readonly Occurrence[] {
  const raised = emergencyOccurrences(state);
  return raised.length === 0 ? state.agenda.occurrences : [...raised, ...state.agenda.occurrences];
}

export function occurrenceIn(state: AgentState, id: OccurrenceId): Occurrence | null {
  return occurrencesIn(state).find((one) => one.id === id) ?? null;
}

export function airInputs(state: AgentState): AirInputs {
  return {
    occurrences: occurrencesIn(state),
    progressOf: (id) => state.memory.progress.get(id),
    stoppedAt: state.memory.stoppedAt,
    rules: state.memory.plan?.rules ?? NO_RULES,
    limits: limitsOf(state.memory),
    isSilenced: state.silence.until !== null,
  };
}

/** The next occurrence that is still to come. */
export function nextOccurrence(state: AgentState, now: Instant): Occurrence | null {
  return state.agenda.occurrences.find((one) => one.at > now) ?? null;
}
