import type { Moment } from "@loa/edge-agent/core/moment.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";

/** A present whose wall clock began with the monotonic one. */
export function asMoment(mono: number): Moment {
  return { now: asInstant(mono), mono: asMonotonic(mono), isTrusted: true, chance: 0.5 };
}
