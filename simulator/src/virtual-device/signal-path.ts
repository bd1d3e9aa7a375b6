import type { Capability } from "@loa/shared/device/capability.ts";
import type { FaultSet } from "./device-fault.ts";
import type { DeviceTraits } from "./device-traits.ts";

/** Level of the signal at the input, dB against full scale. Silence is -Infinity. */
export interface MeterReading {
  readonly rmsDb: number;
  readonly peakDb: number;
}

export type Settings = Readonly<Partial<Record<Capability, number>>>;

/** What leaves the amplifier and what the line makes of it. */
export interface Output {
  readonly isOn: boolean;
  /** As its own meter shows it. */
  readonly levelDb: number;
  readonly currentA: number;
  /** Null while nothing is measured: switched off, or no zone on the line. */
  readonly impedanceOhm: number | null;
  readonly isClipping: boolean;
  /** The signal itself is beyond full scale. */
  readonly isOverloaded: boolean;
  readonly isShorted: boolean;
}

export const LEVEL_FLOOR_DB = -90;
/** 120 W on a 100 V line. */
const FULL_SCALE_CURRENT_A = 1.2;
export const FULL_SCALE_W = 120;
const LINE_OHM = 83;
const OPEN_LINE_OHM = 9_999;
const SHORTED_LINE_OHM = 2;
/** The supply of the output stage gives no more; behind it the level breaks down. */
const CURRENT_LIMIT_A = 2.4;
const DEFAULT_VOLUME_PERCENT = 75;

/** Level follows the mixer's meter through gain, mute and power; current follows level, zones and the line. */
export function outputOf(
  traits: DeviceTraits,
  settings: Settings,
  world: { readonly meter: MeterReading; readonly faults: FaultSet; readonly isShutDown: boolean },
): Output {
  const { meter, faults, isShutDown } = world;
  const isOn = !isShutDown && (!traits.hasPower || (settings["amplifier.power"] ?? 0) === 1);
  const share = zoneShare(traits, settings);
  const impedanceOhm = isOn && share > 0 ? impedanceOf(faults, share) : null;
  const gainDb = (settings["amplifier.gain"] ?? 0) + volumeDb(traits, settings);
  const levelDb = Math.max(LEVEL_FLOOR_DB, meter.rmsDb + gainDb);
  const isMuted = settings["amplifier.mute"] === 1 || settings["input.line"] === 0 || faults.has("silent");
  const isShorted = faults.has("line-short");
  const silent = {
    isOn,
    levelDb: LEVEL_FLOOR_DB,
    impedanceOhm,
    isClipping: false,
    isOverloaded: false,
    isShorted,
  };
  if (!isOn || isMuted || levelDb === LEVEL_FLOOR_DB) return { ...silent, currentA: 0 };
  if (isShorted && share > 0) return { ...silent, currentA: CURRENT_LIMIT_A };
  const throughLine = faults.has("line-open") ? 0 : share;
  const currentA = FULL_SCALE_CURRENT_A * 10 ** (levelDb / 20) * throughLine;
  const isOverloaded = meter.peakDb + gainDb > 0;
  const isClipping = isOverloaded || faults.has("clipping");
  return { isOn, levelDb, currentA, impedanceOhm, isClipping, isOverloaded, isShorted };
}

/** What it takes out of its supply for this sound, W. */
export function soundPowerW({ levelDb, currentA }: Output): number {
  return currentA === 0 ? 0 : FULL_SCALE_W * 10 ** (levelDb / 10);
}

/** How much of what it can the output gives, 0 to 1 and, at its limit, above. */
export function loadOf({ currentA }: Output): number {
  return currentA / FULL_SCALE_CURRENT_A;
}

/** 0 to 99; 100 is the word for clipping. */
export function meterPercentOf({ levelDb, isClipping }: Output): number {
  const shareDb = 60;
  return isClipping ? 100 : Math.max(0, Math.min(99, Math.round(((levelDb + shareDb) / shareDb) * 99)));
}

export function volumeOf(settings: Settings): number {
  return settings["amplifier.volume"] ?? DEFAULT_VOLUME_PERCENT;
}

function volumeDb({ hasVolume }: DeviceTraits, settings: Settings): number {
  return hasVolume ? 20 * Math.log10(Math.max(0, volumeOf(settings)) / 100) : 0;
}

/** How much of the line is switched through; all of it where the device has no zones. */
function zoneShare({ zones }: DeviceTraits, settings: Settings): number {
  if (zones.length === 0) return 1;
  let on = 0;
  for (const zone of zones) on += settings[zone] ?? 0;
  return on / zones.length;
}

/** Loudspeakers hang in parallel: half of them are twice as many ohms. */
function impedanceOf(faults: FaultSet, share: number): number {
  if (faults.has("line-short")) return SHORTED_LINE_OHM;
  return faults.has("line-open") ? OPEN_LINE_OHM : LINE_OHM / share;
}
