import type { Capability } from "@loa/shared/device/capability.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type DeviceFault, type FaultSet, noFaults } from "./device-fault.ts";
import {
  applySetting,
  type DeviceState,
  isAtRest,
  isPowered,
  startState,
  stepDevice,
} from "./device-model.ts";
import { traitsOf } from "./device-traits.ts";
import type { Readings } from "./panel.ts";
import type { MeterReading } from "./signal-path.ts";

export interface DeviceSnapshot {
  readonly faults: readonly DeviceFault[];
  /** Null: the device says that it has no such value now. */
  readonly values: Readings;
}

/**
 * One device that lives on a clock, whatever its language. Bytes (`start.ts`) and points (`device-twin.ts`) are ways
 * to ask it; each speaker turns `snapshot` and `set` into its own words.
 */
export interface VirtualDevice<P extends Profile = Profile> {
  readonly profile: P;
  faults(): FaultSet;
  /** These and no others. A device that becomes another one while it is in use is away until it has started again. */
  setFaults(faults: Iterable<DeviceFault>): void;
  /** This one and no other; null: all is well. */
  setFault(fault: DeviceFault | null): void;
  /** As a panel of lamps and needles would show it now. */
  snapshot(): DeviceSnapshot;
  set(capability: Capability, value: number): void;
  /** On, and off by itself after so long. */
  setFor(capability: Capability, onMs: number): void;
  /** To be called for each request that reaches it. False: it does not answer this one. */
  hears(): boolean;
  /** Told when faults begin or end; one at a time, the newest: whoever reads it now. */
  watchedBy(listener: () => void): void;
}

/** Faults under which it is another product or another firmware. */
const exchanges: readonly DeviceFault[] = ["wrong-identity", "other-firmware"];

export function createVirtualDevice<P extends Profile>(ports: {
  readonly profile: P;
  /** The signal at the input at this moment. */
  readonly meter: () => MeterReading;
  readonly clock: Clock;
}): VirtualDevice<P> {
  const { profile, meter, clock } = ports;
  const traits = traitsOf(profile);
  let faults: FaultSet = noFaults;
  let faultList: readonly DeviceFault[] = [];
  let state: DeviceState = startState(traits, clock.monotonic());
  /** Requests that meet a device which has only just been put in: as many as whoever asks needs to give it up. */
  let deafFor = 0;
  let onFaults = () => {};
  /** As it was left by the last step: whoever asks twice at one moment finds it as it is. */
  let stepped: DeviceState | null = null;
  let signal: MeterReading | null = null;
  /** Until when it was found at rest; null: it was stepped since. */
  let restedUntil: MonotonicMs | null = null;
  const stepTo = (now: MonotonicMs, heard: MeterReading) => {
    const last = signal;
    const isDone = state === stepped && state.steppedAt === now && isSameSignal(heard, last);
    if (!isDone) state = stepDevice(traits, state, { now, meter: heard, faults });
    signal = heard;
    stepped = state;
    return state;
  };
  const wake = (): void => {
    if (restedUntil !== null && signal !== null) stepTo(restedUntil, signal);
    restedUntil = null;
  };
  /** As it is now. */
  const step = () => {
    wake();
    return stepTo(clock.monotonic(), meter());
  };
  /** What it shows now: the same without the reckoning while it rests. */
  const look = () => {
    const heard = meter();
    if (!isAtRest(state, { meter: heard, faults })) return step();
    restedUntil = clock.monotonic();
    return state;
  };
  const write = (capability: Capability, value: number, onMs: number | null) => {
    state = applySetting(step(), { capability, value, onMs }, faults);
  };
  const setFaults = (next: Iterable<DeviceFault>) => {
    step();
    const before = faults;
    faults = new Set(next);
    faultList = [...faults];
    stepped = null;
    const isExchanged = exchanges.some((fault) => faults.has(fault) && !before.has(fault));
    const isInUse = state.switches.heardAt !== null && !before.has("dead");
    if (isExchanged && isInUse) deafFor = triesOf(profile);
    onFaults();
  };

  return {
    profile,
    faults: () => faults,
    setFaults,
    setFault: (fault) => setFaults(fault === null ? [] : [fault]),
    snapshot: () => ({ faults: faultList, values: look().readings }),
    set: (capability, value) => write(capability, value, null),
    setFor: (capability, onMs) => write(capability, 1, onMs),
    hears() {
      const { energy, switches } = look();
      if (faults.has("dead") || (traits.hasBattery && !isPowered(traits, energy, faults))) return false;
      if (deafFor > 0) {
        deafFor -= 1;
        return false;
      }
      // When it was last spoken to matters to a watchdog; without one only that it was.
      if (traits.watchdogMs === null && switches.heardAt !== null) return true;
      state = { ...state, switches: { ...switches, heardAt: clock.monotonic() } };
      stepped = state;
      return true;
    },
    watchedBy(listener) {
      onFaults = listener;
    },
  };
}

function isSameSignal(a: MeterReading, b: MeterReading | null): boolean {
  return b !== null && a.rmsDb === b.rmsDb && a.peakDb === b.peakDb;
}

function triesOf(profile: Profile): number {
  return "timing" in profile ? profile.timing.retries + 1 : 0;
}
