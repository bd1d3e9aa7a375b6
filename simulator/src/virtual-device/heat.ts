import type { FaultSet } from "./device-fault.ts";

/** Heat sink: warmed by load over minutes, and what shuts down by itself when it is too hot. */
export interface Heat {
  readonly temperatureC: number;
  /** Since it was too hot, until it has cooled down by the hysteresis. */
  readonly isShutDown: boolean;
}

const AMBIENT_C = 32;
/** Warmer by this when on, and by this much more at full load. */
const IDLE_RISE_C = 6;
const FULL_LOAD_RISE_C = 40;
const HEAT_TIME_CONSTANT_MS = 600_000;
const SHUT_DOWN_C = 95;
const COOLED_DOWN_C = 80;
/** A fan that stands still makes a hot spot; it is gone as soon as the fan runs. */
const HOT_SPOT_C = 105;

export const cold: Heat = { temperatureC: AMBIENT_C, isShutDown: false };

export function warmed(
  heat: Heat,
  load: { readonly isOn: boolean; readonly share: number },
  ms: number,
): Heat {
  const rise = load.isOn ? IDLE_RISE_C + FULL_LOAD_RISE_C * load.share * load.share : 0;
  const target = AMBIENT_C + rise;
  // Neither warming nor cooling: the same state, so that an idle device costs nothing.
  if (Math.abs(heat.temperatureC - target) < 0.01) return heat;
  const kept = Math.exp(-Math.max(0, ms) / HEAT_TIME_CONSTANT_MS);
  const temperatureC = target + (heat.temperatureC - target) * kept;
  const limitC = heat.isShutDown ? COOLED_DOWN_C : SHUT_DOWN_C;
  return { temperatureC, isShutDown: temperatureC >= limitC };
}

/** As its own sensor shows it, to a tenth. */
export function shownTemperatureC({ temperatureC }: Heat, faults: FaultSet): number {
  return faults.has("over-temperature") ? HOT_SPOT_C : tenths(temperatureC) / 10;
}

/** To what the sensor tells apart. */
export function isSameHeat(a: Heat, b: Heat): boolean {
  return a.isShutDown === b.isShutDown && tenths(a.temperatureC) === tenths(b.temperatureC);
}

export function isTooHot({ isShutDown }: Heat, faults: FaultSet): boolean {
  return isShutDown || faults.has("over-temperature");
}

function tenths(celsius: number): number {
  return Math.round(celsius * 10);
}
