import { asMonotonic, type MonotonicMs } from "../kernel/time.ts";
import type { Capability } from "./capability.ts";
import type { Profile } from "./profile.ts";

/**
 * Since when points with a lease are on. A lease begins with the first sight of "on", whoever switched it, and writing
 * "on" again does not renew it: only off and on does. Pure; the same in driver and twin.
 */
export type Leases = ReadonlyMap<Capability, MonotonicMs>;
type LeaseRules = Profile["lease"];

export const noLeases: Leases = new Map();

/** One more reading of any point; null: invalid, which says nothing. The same object where nothing changed. */
export function stepLease(
  leases: Leases,
  rules: LeaseRules,
  { capability, value }: { readonly capability: Capability; readonly value: number | null },
  now: MonotonicMs,
): Leases {
  const isOn = value !== 0;
  if (value === null || leases.has(capability) === isOn) return leases;
  if (!rules.some((rule) => rule.capability === capability)) return leases;
  const next = new Map(leases);
  if (isOn) next.set(capability, now);
  else next.delete(capability);
  return next;
}

/** When this point must be off; null: it is off, or has no lease. */
export function leaseEndOf(leases: Leases, rules: LeaseRules, capability: Capability): MonotonicMs | null {
  const since = leases.get(capability);
  const rule = rules.find((one) => one.capability === capability);
  return since === undefined || rule === undefined ? null : asMonotonic(since + rule.maxOnMs);
}

/** The first lease that ends; null: nothing is on that has one. */
export function firstLeaseEnd(
  leases: Leases,
  rules: LeaseRules,
): { readonly capability: Capability; readonly endsAt: MonotonicMs } | null {
  let first: { readonly capability: Capability; readonly endsAt: MonotonicMs } | null = null;
  for (const capability of leases.keys()) {
    const endsAt = leaseEndOf(leases, rules, capability);
    if (endsAt !== null && (first === null || endsAt < first.endsAt)) first = { capability, endsAt };
  }
  return first;
}

/** What "off" is for this point: as its safe state says, else 0. */
export function offValueOf({ safeState }: Pick<Profile, "safeState">, capability: Capability): number {
  return safeState.find((one) => one.capability === capability)?.value ?? 0;
}
