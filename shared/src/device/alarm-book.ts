import { asMonotonic, type MonotonicMs } from "../kernel/time.ts";
import { type AlarmState, quietAlarm, stepAlarm } from "./alarm-state.ts";
import type { Capability, PointValue } from "./capability.ts";
import { defaultAlarms } from "./default-alarms.ts";
import type { FaultKind, Severity } from "./fault.ts";
import type { Profile } from "./profile.ts";
import type { AlarmWhen, PointAlarm } from "./profile-parts.ts";

/** The alarms of one device's points. Pure; the same in driver and twin. */
export type AlarmBook = ReadonlyMap<Capability, AlarmState>;
export type PointAlarms = ReadonlyMap<Capability, PointAlarm>;

export interface AlarmChange {
  readonly capability: Capability;
  readonly fault: FaultKind;
  readonly severity: Severity;
  readonly isRaised: boolean;
  readonly value: number;
  /** Null where a state is the alarm. */
  readonly threshold: number | null;
}

export const quietBook: AlarmBook = new Map();

/** Its own where the profile has one, else what such a point means everywhere. */
export function alarmsOf({ points }: Pick<Profile, "points">): PointAlarms {
  return new Map(
    [...points].flatMap(({ capability, alarm = defaultAlarms[capability] }) =>
      alarm === undefined ? [] : [[capability, alarm]],
    ),
  );
}

/** The same book where no reading changed anything. */
export function stepAlarms(
  alarms: PointAlarms,
  book: AlarmBook,
  values: readonly PointValue[],
  now: MonotonicMs,
): { readonly book: AlarmBook; readonly changes: readonly AlarmChange[] } {
  let next: Map<Capability, AlarmState> | null = null;
  const changes: AlarmChange[] = [];
  for (const reading of values) {
    const { capability } = reading;
    const alarm = alarms.get(capability);
    if (alarm === undefined || reading.quality === "invalid") continue;
    const before = book.get(capability) ?? quietAlarm;
    const after = stepAlarm(alarm, before, reading.value, now);
    if (after === before) continue;
    next ??= new Map(book);
    next.set(capability, after);
    if (after.isRaised === before.isRaised) continue;
    const { fault, severity } = alarm;
    const threshold = thresholdOf(alarm.when);
    changes.push({ capability, fault, severity, isRaised: after.isRaised, value: reading.value, threshold });
  }
  return { book: next ?? book, changes };
}

/** The alarm whose debounce is over first, if its next reading still says so; null: none is turning. */
export function nextTurn(
  alarms: PointAlarms,
  book: AlarmBook,
): { readonly capability: Capability; readonly at: MonotonicMs } | null {
  let first: { readonly capability: Capability; readonly at: MonotonicMs } | null = null;
  for (const [capability, { isRaised, turningSince }] of book) {
    const alarm = alarms.get(capability);
    if (turningSince === null || alarm === undefined) continue;
    const at = asMonotonic(turningSince + (isRaised ? alarm.clearAfterMs : alarm.raiseAfterMs));
    if (first === null || at < first.at) first = { capability, at };
  }
  return first;
}

function thresholdOf(when: AlarmWhen): number | null {
  if ("equals" in when) return null;
  return "above" in when ? when.above : when.below;
}
