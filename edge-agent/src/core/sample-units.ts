import { type Capability, capabilities } from "@loa/shared/device/capability.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { PaceLimits } from "./pace.ts";

type Unit = (typeof capabilities)[Capability]["unit"];

interface UnitRule {
  /** Places behind the point that are told: one more than what counts as a move. */
  readonly decimals: number;
  /** A smaller move is noise, where the profile says nothing. */
  readonly deadband: number;
  /** Somebody may be waiting for it while it sounds or is repaired; everything else is weather. */
  readonly isQuick: boolean;
}

const rules: Readonly<Record<Unit, UnitRule>> = {
  bool: { decimals: 0, deadband: 0.5, isQuick: true },
  number: { decimals: 0, deadband: 0.5, isQuick: true },
  dB: { decimals: 1, deadband: 0.5, isQuick: true },
  dBFS: { decimals: 1, deadband: 3, isQuick: true },
  "%": { decimals: 1, deadband: 2, isQuick: false },
  "°C": { decimals: 1, deadband: 1, isQuick: false },
  A: { decimals: 3, deadband: 0.05, isQuick: false },
  Ω: { decimals: 1, deadband: 1, isQuick: false },
  V: { decimals: 2, deadband: 0.3, isQuick: false },
  W: { decimals: 1, deadband: 5, isQuick: false },
  VA: { decimals: 1, deadband: 5, isQuick: false },
  ratio: { decimals: 2, deadband: 0.05, isQuick: false },
  Hz: { decimals: 2, deadband: 0.2, isQuick: false },
  Wh: { decimals: 0, deadband: 100, isQuick: false },
  pulses: { decimals: 0, deadband: 1, isQuick: false },
};

/** Where the unit alone says the wrong thing. */
const exceptions: Readonly<Partial<Record<Capability, Partial<UnitRule>>>> = {
  // The mains of a village wander by more than a battery has from full to empty.
  "mains.voltage": { deadband: 5 },
  "solar.voltage": { deadband: 5 },
  "amplifier.volume": { isQuick: true },
  "amplifier.meter": { deadband: 10, isQuick: true },
  "speakerLine.current": { isQuick: true },
  "speakerLine.impedance": { isQuick: true },
};

function ruleOf(point: Capability): UnitRule {
  return { ...rules[capabilities[point].unit], ...exceptions[point] };
}

const ruleByPoint = Object.fromEntries(
  Object.keys(capabilities).map((point) => [point, ruleOf(point as Capability)]),
) as Readonly<Record<Capability, UnitRule>>;

/** What counts as a move of this point: as its profile says, else by its unit. */
export function deadbandOf(
  point: Capability,
  ofProfiles: Readonly<Partial<Record<Capability, number>>>,
): number {
  const own = ofProfiles[point] ?? 0;
  return own > 0 ? own : ruleByPoint[point].deadband;
}

export function rounded(point: Capability, value: number): number {
  const shift = 10 ** ruleByPoint[point].decimals;
  return Math.round(value * shift) / shift;
}

const QUICK: PaceLimits = { firstMs: 10 * SECOND_MS, mostMs: 5 * MINUTE_MS };
/** Somebody listens: no waiting longer and longer. */
const QUICK_SOUNDING: PaceLimits = { firstMs: 10 * SECOND_MS, mostMs: 10 * SECOND_MS };
const SLOW: PaceLimits = { firstMs: 5 * MINUTE_MS, mostMs: 5 * MINUTE_MS };

export function paceOf(point: Capability, isSounding: boolean): PaceLimits {
  if (!ruleByPoint[point].isQuick) return SLOW;
  return isSounding ? QUICK_SOUNDING : QUICK;
}
