import type { Capability } from "@loa/shared/device/capability.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type FaultSet, noFaults } from "./device-fault.ts";
import { type DeviceTraits, isRelay } from "./device-traits.ts";
import { type Energy, full, isEmpty, isSameEnergy, spent } from "./energy.ts";
import { cold, type Heat, isSameHeat, isTooHot, warmed } from "./heat.ts";
import { messagesAfter, type OwnMessages, quiet, shownMessages } from "./own-messages.ts";
import { type Inside, loadW, type Readings, readingsOf } from "./panel.ts";
import {
  LEVEL_FLOOR_DB,
  loadOf,
  type MeterReading,
  type Output,
  outputOf,
  type Settings,
} from "./signal-path.ts";
import { leftAlone, type Switches, untouched, withoutTimer } from "./switches.ts";

/** All that the device remembers. Pure: every change makes another state. */
export interface DeviceState {
  /** What was set, by point; a relay or a fader keeps it. */
  readonly settings: Settings;
  readonly switches: Switches;
  readonly heat: Heat;
  readonly energy: Energy;
  readonly messages: OwnMessages;
  readonly steppedAt: MonotonicMs;
  /** Every point of the profile as the device would show it now; the same object while `inside` is the same. */
  readonly readings: Readings;
  readonly inside: Inside | null;
  /** The last step has moved nothing, and no clock runs: under the same signal, settings and faults no other will. */
  readonly isStill: boolean;
}

export interface DeviceWorld {
  readonly now: MonotonicMs;
  readonly meter: MeterReading;
  readonly faults: FaultSet;
}

export function startState(traits: DeviceTraits, now: MonotonicMs): DeviceState {
  const state: DeviceState = {
    settings: {},
    switches: untouched,
    heat: cold,
    energy: full,
    messages: quiet,
    steppedAt: now,
    readings: {},
    inside: null,
    isStill: false,
  };
  const meter = { rmsDb: LEVEL_FLOOR_DB, peakDb: LEVEL_FLOOR_DB };
  return stepDevice(traits, state, { now, meter, faults: noFaults });
}

/**
 * What a write does, at the moment up to which the state was stepped. A stuck relay acknowledges and stays where it
 * is, and so does one that the watchdog holds. `onMs`: goes off by itself after so long.
 */
export function applySetting(
  state: DeviceState,
  written: { readonly capability: Capability; readonly value: number; readonly onMs: number | null },
  faults: FaultSet,
): DeviceState {
  const { capability, value, onMs } = written;
  const now = state.steppedAt;
  if (capability === "watchdog.tripped")
    return { ...state, switches: { ...state.switches, isTripped: false, heardAt: now } };
  const isHeld = faults.has("stuck-relay") || state.switches.isTripped;
  if (isHeld && isRelay(capability)) return state;
  const plain = withoutTimer(state.switches, capability);
  const switches =
    onMs === null ? plain : { ...plain, offAt: { ...plain.offAt, [capability]: asMonotonic(now + onMs) } };
  const settings = { ...state.settings, [capability]: value };
  const messages = messagesAfter(state.messages, settings, { capability, value, now });
  return { ...state, settings, switches, messages };
}

/** Lets time pass until `now` under the signal and the faults of this moment. */
export function stepDevice(traits: DeviceTraits, state: DeviceState, world: DeviceWorld): DeviceState {
  const { now, meter, faults } = world;
  const passedMs = now - state.steppedAt;
  const { switches, settings } = leftAlone(traits, state.switches, state.settings, now);
  const hasMains = !faults.has("mains-lost");
  const isShutDown = isTooHot(state.heat, faults) || !isPowered(traits, state.energy, faults);
  const output = outputBehind(traits, state.inside, { settings, meter, faults, isShutDown });
  const heat = warmed(state.heat, { isOn: output.isOn, share: loadOf(output) }, passedMs);
  const supply = { loadW: loadW(output), hasMains, hasBattery: traits.hasBattery };
  const energy = spent(state.energy, supply, passedMs);
  const messages = shownMessages(state.messages, faults, now);
  const { isTripped } = switches;
  const inside: Inside = { settings, faults, meter, isShutDown, output, heat, energy, messages, isTripped };
  const isOld = state.inside !== null && isSame(state.inside, inside);
  const readings = isOld ? state.readings : readingsOf(traits, inside);
  const isStill =
    isOld &&
    heat === state.heat &&
    energy.chargePercent === state.energy.chargePercent &&
    hasNoClock(traits, state);
  return { ...state, settings, switches, heat, energy, steppedAt: now, readings, inside, isStill };
}

/** Whether it shows the same until somebody does something to it: time alone moves nothing that a panel tells. */
export function isAtRest(
  { inside, isStill, settings }: DeviceState,
  { meter, faults }: Pick<DeviceWorld, "meter" | "faults">,
): boolean {
  return (
    isStill &&
    inside !== null &&
    inside.settings === settings &&
    inside.faults === faults &&
    inside.meter.rmsDb === meter.rmsDb &&
    inside.meter.peakDb === meter.peakDb
  );
}

function hasNoClock({ hasCounter, watchdogMs }: DeviceTraits, { switches, messages }: DeviceState): boolean {
  return !hasCounter && watchdogMs === null && messages === quiet && switches.offAt === untouched.offAt;
}

/** The same output for the same input and the same switches. */
function outputBehind(
  traits: DeviceTraits,
  before: Inside | null,
  after: Pick<Inside, "settings" | "meter" | "faults" | "isShutDown">,
): Output {
  const isSameWay =
    before !== null &&
    before.settings === after.settings &&
    before.faults === after.faults &&
    before.isShutDown === after.isShutDown &&
    before.meter.rmsDb === after.meter.rmsDb &&
    before.meter.peakDb === after.meter.peakDb;
  return isSameWay ? before.output : outputOf(traits, after.settings, after);
}

/** Mains, or a battery that is not empty. */
export function isPowered({ hasBattery }: DeviceTraits, energy: Energy, faults: FaultSet): boolean {
  return !faults.has("mains-lost") || (hasBattery && !isEmpty(energy));
}

/** Whether the panel shows the same. */
function isSame(a: Inside, b: Inside): boolean {
  return (
    a.settings === b.settings &&
    a.faults === b.faults &&
    a.isTripped === b.isTripped &&
    isSameHeat(a.heat, b.heat) &&
    isSameEnergy(a.energy, b.energy) &&
    isSameOutput(a.output, b.output) &&
    a.messages.isActive === b.messages.isActive &&
    a.messages.pending === b.messages.pending &&
    a.messages.passed === b.messages.passed
  );
}

function isSameOutput(a: Output, b: Output): boolean {
  if (a === b) return true;
  return (
    a.isOn === b.isOn &&
    a.levelDb === b.levelDb &&
    a.currentA === b.currentA &&
    a.impedanceOhm === b.impedanceOhm &&
    a.isClipping === b.isClipping &&
    a.isOverloaded === b.isOverloaded &&
    a.isShorted === b.isShorted
  );
}
