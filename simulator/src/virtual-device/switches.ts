import type { Capability } from "@loa/shared/device/capability.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type DeviceTraits, isRelay } from "./device-traits.ts";
import type { Settings } from "./signal-path.ts";

/** What a device switches off by itself: outputs that were on only for a time, and all of them when nobody asks. */
export interface Switches {
  /** When an output that was switched on for a time goes off. */
  readonly offAt: Readonly<Partial<Record<Capability, MonotonicMs>>>;
  /** When it was last spoken to; null: never, then its watchdog is not armed yet. */
  readonly heardAt: MonotonicMs | null;
  /** The watchdog went off and was not reset: its outputs stay off. */
  readonly isTripped: boolean;
}

export const untouched: Switches = { offAt: {}, heardAt: null, isTripped: false };

/** The settings as they are left of themselves by `now`; the same objects where nothing went off. */
export function leftAlone(
  { watchdogMs }: DeviceTraits,
  switches: Switches,
  settings: Settings,
  now: MonotonicMs,
): { readonly switches: Switches; readonly settings: Settings } {
  const isLate = watchdogMs !== null && switches.heardAt !== null && now - switches.heardAt > watchdogMs;
  if (isLate && !switches.isTripped)
    return { switches: { ...switches, offAt: {}, isTripped: true }, settings: relaysOff(settings) };
  if (switches.offAt === untouched.offAt) return { switches, settings };
  const ended = Object.entries(switches.offAt).filter(([, at]) => at <= now);
  if (ended.length === 0) return { switches, settings };
  const isEnded = new Set(ended.map(([capability]) => capability));
  const offAt = Object.fromEntries(Object.entries(switches.offAt).filter(([name]) => !isEnded.has(name)));
  const off = Object.fromEntries(ended.map(([capability]) => [capability, 0]));
  return { switches: { ...switches, offAt }, settings: { ...settings, ...off } };
}

/** A plain write outlives the time that was set before. */
export function withoutTimer(switches: Switches, capability: Capability): Switches {
  if (switches.offAt[capability] === undefined) return switches;
  const { [capability]: _, ...offAt } = switches.offAt;
  return { ...switches, offAt };
}

function relaysOff(settings: Settings): Settings {
  const off = Object.keys(settings).filter((capability) => isRelay(capability as Capability));
  return { ...settings, ...Object.fromEntries(off.map((capability) => [capability, 0])) };
}
