import { type FaultKind, type Severity, severityOf } from "@loa/shared/device/fault.ts";
import { type Instant, MINUTE_MS, type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type Moment, toWall } from "./moment.ts";
import type { DeviceAlarm, Health, StandingFault } from "./state.ts";

/** What is wrong at this moment, before any patience. */
export type Conditions = ReadonlyMap<FaultKind, Condition>;
export type Condition = Omit<StandingFault, "since"> & {
  /** Null: since this look. */
  readonly since: Instant | null;
};

interface Patience {
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
}
const NONE: Patience = { raiseAfterMs: 0, clearAfterMs: 0 };
/**
 * How long a condition of the box itself must hold before its fault is raised, and be gone before it clears. What
 * is not here has been waited for where it is noticed: alarms of points by their profile, sounds by the engine.
 */
const patience: Readonly<Partial<Record<FaultKind, Patience>>> = {
  // Two silences in a row have raised it; a line full of noise lets single answers through.
  "amplifier-unreachable": { raiseAfterMs: 0, clearAfterMs: 10 * SECOND_MS },
  "device-unreachable": { raiseAfterMs: 0, clearAfterMs: 10 * SECOND_MS },
  // A loud syllable between two pauses of a speech is no cure.
  "amplifier-silent": { raiseAfterMs: 0, clearAfterMs: 10 * SECOND_MS },
  // Every box is without the time for its first seconds.
  "clock-untrusted": { raiseAfterMs: 30 * SECOND_MS, clearAfterMs: 0 },
  "clock-wrong": { raiseAfterMs: MINUTE_MS, clearAfterMs: MINUTE_MS },
};

/** Of the same kind from two sources the worse counts, and of equals the earlier. */
export function withCondition(
  conditions: Map<FaultKind, Condition>,
  kind: FaultKind,
  found: Partial<Condition> = {},
): void {
  const one: Condition = { since: null, severity: severityOf[kind], evidence: null, ...found };
  const known = conditions.get(kind);
  if (known === undefined || outranks(one, known)) conditions.set(kind, one);
}

export function conditionOf({ severity, since, capability, value, threshold }: DeviceAlarm): Condition {
  return { severity, since, evidence: { point: capability, value, threshold } };
}

/** The list after a look at the conditions. The same health comes back when nothing turned. */
export function afterLook(health: Health, asked: Conditions, moment: Moment): Health {
  const { faults: known, turning } = health;
  if (turning.size === 0 && isAsKnown(known, asked)) return health;
  const faults = new Map<FaultKind, StandingFault>();
  const turns = new Map<FaultKind, MonotonicMs>();
  for (const kind of new Set([...known.keys(), ...asked.keys()])) {
    const condition = asked.get(kind);
    const standing = known.get(kind);
    if (condition !== undefined && standing !== undefined) {
      faults.set(kind, updated(standing, condition));
      continue;
    }
    const since = turning.get(kind) ?? moment.mono;
    const { raiseAfterMs, clearAfterMs } = patience[kind] ?? NONE;
    const isTurned = moment.mono - since >= (standing === undefined ? raiseAfterMs : clearAfterMs);
    if (!isTurned) turns.set(kind, since);
    if (condition !== undefined && isTurned)
      faults.set(kind, { ...condition, since: condition.since ?? toWall(moment, since) });
    if (standing !== undefined && !isTurned) faults.set(kind, standing);
  }
  const areSame = isSame(known, faults);
  if (areSame && isSame(turning, turns)) return health;
  return { ...health, faults: areSame ? known : faults, turning: turns };
}

/** Most looks find what the list says. */
function isAsKnown(known: Health["faults"], asked: Conditions): boolean {
  if (known.size !== asked.size) return false;
  for (const [kind, condition] of asked) {
    const standing = known.get(kind);
    if (standing === undefined || updated(standing, condition) !== standing) return false;
  }
  return true;
}

/** Worst first, then the oldest. */
export function sortedFaults(faults: Health["faults"]): readonly (readonly [FaultKind, StandingFault])[] {
  return [...faults].sort(([, a], [, b]) => rank(a.severity) - rank(b.severity) || a.since - b.since);
}

/** It keeps what raised it, until something worse of its kind comes. */
function updated(standing: StandingFault, condition: Condition): StandingFault {
  return rank(condition.severity) < rank(standing.severity)
    ? { ...condition, since: standing.since }
    : standing;
}

function outranks(one: Condition, other: Condition): boolean {
  if (one.severity !== other.severity) return rank(one.severity) < rank(other.severity);
  return one.since !== null && (other.since === null || one.since < other.since);
}

function rank(severity: Severity): number {
  return severity === "critical" ? 0 : 1;
}

function isSame<Key, Value>(a: ReadonlyMap<Key, Value>, b: ReadonlyMap<Key, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of b) if (a.get(key) !== value) return false;
  return true;
}
