import type { Capability } from "@loa/shared/device/capability.ts";
import type { FaultSet } from "./device-fault.ts";
import type { DeviceTraits } from "./device-traits.ts";
import { amperes, batteryV, batteryW, type Energy, isLow, shownPercent } from "./energy.ts";
import { type Heat, isTooHot, shownTemperatureC } from "./heat.ts";
import type { shownMessages } from "./own-messages.ts";
import {
  type MeterReading,
  meterPercentOf,
  type Output,
  type Settings,
  soundPowerW,
  volumeOf,
} from "./signal-path.ts";

/** All that the lamps and needles follow from. */
export interface Inside {
  readonly settings: Settings;
  readonly faults: FaultSet;
  /** What comes in, and whether it is let out. */
  readonly meter: MeterReading;
  readonly isShutDown: boolean;
  readonly output: Output;
  readonly heat: Heat;
  readonly energy: Energy;
  readonly messages: ReturnType<typeof shownMessages>;
  readonly isTripped: boolean;
}
/** Null: the device has no such value now. */
export type Readings = Readonly<Partial<Record<Capability, number | null>>>;

/** Electronics, fan and relays, W. */
const STANDBY_W = 8;
/** What the output stage wastes beside the sound. */
const SOUND_COST = 1.4;
const MAINS_V = 229;
const POWER_FACTOR = 0.95;
const CABINET_HOT_C = 75;

/** What a point shows that no physics here moves. */
const constants: Readonly<Partial<Record<Capability, number>>> = {
  "mains.frequency": 50,
  "mains.powerFactor": POWER_FACTOR,
  "cabinet.humidity": 60,
  "solar.voltage": 34,
  "solar.current": 2.1,
  "input.line": 1,
};

export function loadW(output: Output): number {
  return STANDBY_W + SOUND_COST * soundPowerW(output);
}

/** Every point of the profile as the device would show it now. */
export function readingsOf(traits: DeviceTraits, inside: Inside): Readings {
  const isBlind = inside.faults.has("invalid-value");
  const readings: Partial<Record<Capability, number | null>> = {};
  for (const capability of traits.capabilities)
    readings[capability] =
      isBlind && traits.gauges.has(capability) ? null : readingOf(traits, capability, inside);
  return readings;
}

function readingOf(traits: DeviceTraits, capability: Capability, inside: Inside): number | null {
  switch (familyOf(capability)) {
    case "amplifier":
      return amplifierReading(traits, capability, inside);
    case "speakerLine":
      return lineReading(capability, inside);
    case "mains":
      return mainsReading(capability, inside);
    case "battery":
    case "psu":
    case "load":
      return supplyReading(traits, capability, inside);
    default:
      return cabinetReading(capability, inside);
  }
}

const families = new Map<Capability, string>();

function familyOf(capability: Capability): string {
  const known = families.get(capability);
  if (known !== undefined) return known;
  const family = capability.slice(0, capability.indexOf("."));
  families.set(capability, family);
  return family;
}

function amplifierReading(
  traits: DeviceTraits,
  capability: Capability,
  { settings, faults, output, heat }: Inside,
): number {
  const isHot = isTooHot(heat, faults);
  switch (capability) {
    case "amplifier.level":
      return output.levelDb;
    case "amplifier.meter":
      return meterPercentOf(output);
    case "amplifier.volume":
      return volumeOf(settings);
    case "amplifier.temperature":
      return shownTemperatureC(heat, faults);
    case "amplifier.standby":
      return output.isOn ? 0 : 1;
    case "amplifier.clip":
    case "amplifier.limiter":
      return Number(output.isClipping);
    case "amplifier.fault.overload":
      return Number(isOverloaded(traits, output));
    case "amplifier.fault.thermal":
      return Number(isHot);
    case "amplifier.fault.short":
      return Number(output.isShorted);
    case "amplifier.fault.protection":
      return Number(isHot || output.isShorted);
    default:
      return settings[capability] ?? 0;
  }
}

function isOverloaded({ hasClip, hasShort }: DeviceTraits, output: Output): boolean {
  return (hasClip ? output.isOverloaded : output.isClipping) || (!hasShort && output.isShorted);
}

function lineReading(capability: Capability, { faults, output }: Inside): number | null {
  switch (capability) {
    case "speakerLine.current":
      return output.currentA;
    case "speakerLine.impedance":
      return output.impedanceOhm;
    case "speakerLine.open":
      return Number(faults.has("line-open"));
    case "speakerLine.short":
      return Number(output.isShorted);
    default:
      return Number(faults.has("line-open") || output.isShorted);
  }
}

function mainsReading(capability: Capability, { faults, output, energy }: Inside): number {
  const hasMains = !faults.has("mains-lost");
  const powerW = hasMains ? loadW(output) : 0;
  switch (capability) {
    case "mains.present":
      return Number(hasMains);
    case "mains.voltage":
      return hasMains ? MAINS_V : 0;
    case "mains.current":
      return powerW / (MAINS_V * POWER_FACTOR);
    case "mains.power":
      return powerW;
    case "mains.apparentPower":
      return powerW / POWER_FACTOR;
    case "mains.energy":
      return Math.floor(energy.usedWh);
    default:
      return constants[capability] ?? 0;
  }
}

function supplyReading(
  { hasBattery }: DeviceTraits,
  capability: Capability,
  { faults, output, energy }: Inside,
): number {
  const hasMains = !faults.has("mains-lost");
  const isHot = faults.has("over-temperature");
  const volts = batteryV(energy, hasMains);
  const watts = loadW(output);
  const flowW = batteryW(energy, { loadW: watts, hasMains });
  switch (capability) {
    case "battery.voltage":
    case "psu.voltage":
    case "load.voltage":
      return volts;
    case "battery.current":
      return amperes(flowW, volts);
    case "battery.power":
      return flowW;
    case "battery.soc":
      return shownPercent(energy);
    case "battery.temperature":
      return isHot ? 60 : 33;
    case "battery.onBattery":
      return Number(!hasMains && hasBattery);
    case "battery.low":
      return Number(isLow(energy));
    case "psu.current":
    case "load.current":
      return amperes(watts, volts);
    case "load.power":
      return watts;
    case "load.energy":
      return Math.floor(energy.usedWh);
    case "psu.temperature":
      return isHot ? 95 : 42;
    case "psu.fault.thermal":
      return Number(isHot);
    default:
      return constants[capability] ?? 0;
  }
}

function cabinetReading(
  capability: Capability,
  { settings, faults, heat, messages, isTripped }: Inside,
): number {
  switch (capability) {
    case "cabinet.temperature":
      return faults.has("over-temperature") ? CABINET_HOT_C : Math.round(280 + heat.temperatureC * 2) / 10;
    case "cabinet.door":
    case "cabinet.tamper":
    // The first contact of a contact module is the door's, here.
    case "contact.1":
      return Number(faults.has("door-open"));
    case "watchdog.tripped":
      return Number(isTripped);
    case "siren.active":
      return Number(messages.isActive);
    case "selfTest.pending":
      return messages.pending;
    case "selfTest.passed":
      return messages.passed;
    case "selfTest.failed":
      return messages.failed;
    default:
      return settings[capability] ?? constants[capability] ?? 0;
  }
}
