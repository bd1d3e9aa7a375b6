/** The battery that carries the cabinet without mains, and what the meters have counted. */
export interface Energy {
  /** 0 to 100. */
  readonly chargePercent: number;
  readonly usedWh: number;
}

/** 24 V, 18 Ah. */
const CAPACITY_WH = 432;
const CHARGE_W = 60;
const LOW_PERCENT = 20;
const NOMINAL_V = 24;
const HOUR_MS = 3_600_000;

export const full: Energy = { chargePercent: 100, usedWh: 0 };

/** `loadW` is taken from the mains, or from the battery while there is none. */
export function spent(
  energy: Energy,
  { loadW, hasMains, hasBattery }: { loadW: number; hasMains: boolean; hasBattery: boolean },
  ms: number,
): Energy {
  const hours = Math.max(0, ms) / HOUR_MS;
  const flowW = hasMains ? CHARGE_W : -loadW;
  const charged = energy.chargePercent + (flowW * hours * 100) / CAPACITY_WH;
  const chargePercent = hasBattery ? Math.max(0, Math.min(100, charged)) : energy.chargePercent;
  const usedWh = hasMains || hasBattery ? energy.usedWh + loadW * hours : energy.usedWh;
  return { chargePercent, usedWh };
}

/** To what the meters tell apart. */
export function isSameEnergy(a: Energy, b: Energy): boolean {
  return shownPercent(a) === shownPercent(b) && Math.floor(a.usedWh) === Math.floor(b.usedWh);
}

export function shownPercent({ chargePercent }: Energy): number {
  return Math.round(chargePercent * 10) / 10;
}

export function isLow({ chargePercent }: Energy): boolean {
  return chargePercent < LOW_PERCENT;
}

export function isEmpty({ chargePercent }: Energy): boolean {
  return chargePercent <= 0;
}

/** Lead-acid: 21.6 V empty, 25.6 V rested and full, 27.2 V while the charger holds it. To a hundredth. */
export function batteryV({ chargePercent }: Energy, hasMains: boolean): number {
  const restedV = 21.6 + chargePercent * 0.04;
  const volts = hasMains ? Math.min(27.2, restedV + 1.6) : restedV;
  return Math.round(volts * 100) / 100;
}

/** Into the battery is positive. */
export function batteryW(
  { chargePercent }: Energy,
  { loadW, hasMains }: { loadW: number; hasMains: boolean },
) {
  if (!hasMains) return -loadW;
  return chargePercent < 100 ? CHARGE_W : 0;
}

export function amperes(watts: number, volts = NOMINAL_V): number {
  return volts === 0 ? 0 : watts / volts;
}
