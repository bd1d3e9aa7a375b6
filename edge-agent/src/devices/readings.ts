import {
  type AlarmBook,
  type AlarmChange,
  alarmsOf,
  nextTurn,
  type PointAlarms,
  quietBook,
  stepAlarms,
} from "@loa/shared/device/alarm-book.ts";
import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import { firstLeaseEnd, type Leases, noLeases, stepLease } from "@loa/shared/device/lease.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";

/** All that is known from the readings of one device, whichever question brought them. */
export interface Readings {
  /** One more look; answers which alarms it turned. */
  note(values: readonly PointValue[], now: MonotonicMs): readonly AlarmChange[];
  /** The last good value; null: never read, or invalid. */
  lastOf(capability: Capability): number | null;
  /** Those that say something else than what was last told. */
  untold(values: readonly PointValue[]): readonly PointValue[];
  tell(values: readonly PointValue[]): void;
  /** The alarm that wants another look first, and the lease that ends first. */
  nextTurn(): ReturnType<typeof nextTurn>;
  nextLeaseEnd(): ReturnType<typeof firstLeaseEnd>;
}

export function createReadings(profile: Profile): Readings {
  const alarms: PointAlarms = alarmsOf(profile);
  const told = new Map<Capability, PointValue>();
  const last = new Map<Capability, number | null>();
  let book: AlarmBook = quietBook;
  let leases: Leases = noLeases;

  return {
    note(values, now) {
      for (const reading of values) {
        const { capability } = reading;
        const value = reading.quality === "good" ? reading.value : null;
        last.set(capability, value);
        leases = stepLease(leases, profile.lease, { capability, value }, now);
      }
      const stepped = stepAlarms(alarms, book, values, now);
      book = stepped.book;
      return stepped.changes;
    },
    lastOf: (capability) => last.get(capability) ?? null,
    untold: (values) => values.filter((value) => !isSame(told.get(value.capability), value)),
    tell(values) {
      for (const value of values) told.set(value.capability, value);
    },
    nextTurn: () => nextTurn(alarms, book),
    nextLeaseEnd: () => firstLeaseEnd(leases, profile.lease),
  };
}

function isSame(before: PointValue | undefined, after: PointValue): boolean {
  if (before === undefined || before.quality !== after.quality) return false;
  return before.quality === "invalid" || after.quality === "invalid" || before.value === after.value;
}
