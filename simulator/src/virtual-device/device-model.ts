import type { Capability } from "@loa/shared/device/capability.ts";
import type { IdentifyRead, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";

/** Faults by name. The first half is about what the device is and does, the second about how it answers. */
export const deviceFaults = [
  "silent",
  "stuck-relay",
  "mains-lost",
  "over-temperature",
  "wrong-identity",
  "dead",
  "slow",
  "late-replies",
  "crc-noise",
] as const;
export type DeviceFault = (typeof deviceFaults)[number];

/** Level of the signal at the input, dB against full scale. Silence is -Infinity. */
export interface MeterReading {
  readonly rmsDb: number;
  readonly peakDb: number;
}

/** All that the device remembers. Pure: every change makes another state. */
export interface DeviceState {
  /** What was set, by point; a relay or a fader keeps it. */
  readonly settings: Readonly<Partial<Record<Capability, number>>>;
  readonly temperatureC: number;
  readonly steppedAt: MonotonicMs;
  /** Every point of the profile as the device would show it now; the same object while `inside` is the same. */
  readonly readings: Readonly<Partial<Record<Capability, number>>>;
  readonly inside: Inside | null;
}

/** All that the readings follow from. */
interface Inside {
  readonly settings: DeviceState["settings"];
  readonly fault: DeviceFault | null;
  readonly output: Output;
  readonly temperatureC: number;
}

export interface DeviceWorld {
  readonly now: MonotonicMs;
  readonly meter: MeterReading;
  readonly fault: DeviceFault | null;
}

const LEVEL_FLOOR_DB = -90;
/** 120 W on a 100 V line. */
const FULL_SCALE_CURRENT_A = 1.2;
const AMBIENT_C = 32;
/** Warmer by this when on, and by this much more at full load. */
const IDLE_RISE_C = 6;
const FULL_LOAD_RISE_C = 40;
const HEAT_TIME_CONSTANT_MS = 600_000;
const SHUT_DOWN_C = 95;
const OVER_TEMPERATURE_C = 105;

/** What a point shows that no physics here moves. */
const constants: Readonly<Partial<Record<Capability, number>>> = {
  "mains.voltage": 229,
  "mains.frequency": 50,
  "mains.powerFactor": 0.95,
  "battery.voltage": 26.8,
  "battery.soc": 95,
  "battery.temperature": 33,
  "psu.voltage": 27.2,
  "psu.temperature": 42,
  "load.voltage": 26.8,
  "cabinet.humidity": 60,
  "cabinet.temperature": 38,
};

export function startState(profile: ModbusProfile, now: MonotonicMs): DeviceState {
  const cold: DeviceState = {
    settings: {},
    temperatureC: AMBIENT_C,
    steppedAt: now,
    readings: {},
    inside: null,
  };
  return stepDevice(profile, cold, {
    now,
    meter: { rmsDb: LEVEL_FLOOR_DB, peakDb: LEVEL_FLOOR_DB },
    fault: null,
  });
}

/** A stuck relay acknowledges and stays where it is. */
export function applySetting(
  state: DeviceState,
  capability: Capability,
  value: number,
  fault: DeviceFault | null,
): DeviceState {
  const isRelay = capability === "amplifier.power" || capability.startsWith("zone.");
  if (fault === "stuck-relay" && isRelay) return state;
  return { ...state, settings: { ...state.settings, [capability]: value } };
}

/** Lets time pass until `now` under the signal and fault of this moment. */
export function stepDevice(profile: ModbusProfile, state: DeviceState, world: DeviceWorld): DeviceState {
  const output = outputOf(profile, state, world);
  const load = output.currentA / FULL_SCALE_CURRENT_A;
  const target = output.isOn ? AMBIENT_C + IDLE_RISE_C + FULL_LOAD_RISE_C * load * load : AMBIENT_C;
  const kept = Math.exp(-Math.max(0, world.now - state.steppedAt) / HEAT_TIME_CONSTANT_MS);
  const drifted = target + (state.temperatureC - target) * kept;
  const temperatureC = world.fault === "over-temperature" ? OVER_TEMPERATURE_C : drifted;
  const { settings } = state;
  const inside: Inside = { settings, fault: world.fault, output, temperatureC };
  const readings =
    state.inside !== null && isSame(state.inside, inside) ? state.readings : readingsOf(profile, inside);
  return { settings, temperatureC, steppedAt: world.now, readings, inside };
}

function isSame(a: Inside, b: Inside): boolean {
  return (
    a.settings === b.settings &&
    a.fault === b.fault &&
    a.temperatureC === b.temperatureC &&
    a.output.isOn === b.output.isOn &&
    a.output.levelDb === b.output.levelDb &&
    a.output.currentA === b.output.currentA &&
    a.output.overload === b.output.overload
  );
}

function readingsOf(profile: ModbusProfile, inside: Inside): DeviceState["readings"] {
  const readings: Partial<Record<Capability, number>> = {};
  for (const { capability } of profile.points) readings[capability] = readingOf(capability, inside);
  return readings;
}

/** The raw number of an identity register. */
export function identityOf(read: IdentifyRead, fault: DeviceFault | null): number {
  const { expect } = read;
  const right =
    "oneOf" in expect ? (expect.oneOf[0] ?? 0) : Math.ceil((expect.between.min + expect.between.max) / 2);
  if (fault !== "wrong-identity") return right;
  // A number that this profile does not accept: the first one above all that it does.
  const most = "oneOf" in expect ? Math.max(...expect.oneOf) : expect.between.max;
  return read.type === "bit" ? 1 - right : most >= 0xffff ? 0x55aa : most + 1;
}

interface Output {
  readonly isOn: boolean;
  readonly levelDb: number;
  readonly currentA: number;
  readonly overload: boolean;
}

function outputOf(profile: ModbusProfile, state: DeviceState, { meter, fault }: DeviceWorld): Output {
  const { settings, temperatureC } = state;
  const isOn = fault !== "mains-lost" && (settings["amplifier.power"] ?? 0) === 1;
  const isMuted = (settings["amplifier.mute"] ?? 0) === 1 || temperatureC >= SHUT_DOWN_C;
  const gainDb = settings["amplifier.gain"] ?? 0;
  const levelDb = Math.max(LEVEL_FLOOR_DB, meter.rmsDb + gainDb);
  if (!isOn || isMuted || fault === "silent" || levelDb === LEVEL_FLOOR_DB)
    return { isOn, levelDb: LEVEL_FLOOR_DB, currentA: 0, overload: false };
  const currentA = FULL_SCALE_CURRENT_A * 10 ** (levelDb / 20) * zoneShare(profile, settings);
  return { isOn, levelDb, currentA, overload: meter.peakDb + gainDb > 0 };
}

/** How much of the line is switched through; all of it where the device has no zones. */
function zoneShare(profile: ModbusProfile, settings: DeviceState["settings"]): number {
  let zones = 0;
  let on = 0;
  for (const { capability } of profile.points) {
    if (!capability.startsWith("zone.")) continue;
    zones += 1;
    on += settings[capability] ?? 0;
  }
  return zones === 0 ? 1 : on / zones;
}

function readingOf(capability: Capability, { settings, fault, output, temperatureC }: Inside): number {
  switch (capability) {
    case "amplifier.level":
      return output.levelDb;
    case "speakerLine.current":
      return output.currentA;
    case "amplifier.temperature":
      return temperatureC;
    case "amplifier.fault.overload":
      return output.overload ? 1 : 0;
    case "amplifier.fault.thermal":
      return temperatureC >= SHUT_DOWN_C ? 1 : 0;
    case "mains.present":
      return fault === "mains-lost" ? 0 : 1;
    case "mains.voltage":
      return fault === "mains-lost" ? 0 : (constants[capability] ?? 0);
    default:
      return settings[capability] ?? constants[capability] ?? 0;
  }
}
