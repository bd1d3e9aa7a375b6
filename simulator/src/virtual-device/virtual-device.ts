import type { Capability } from "@loa/shared/device/capability.ts";
import type { ExceptionCode, ModbusRequest } from "@loa/shared/device/modbus-pdu.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { ok, type Result } from "@loa/shared/kernel/result.ts";
import {
  applySetting,
  type DeviceFault,
  type DeviceState,
  type MeterReading,
  startState,
  stepDevice,
} from "./device-model.ts";
import { readRegisters, writtenSettings } from "./register-file.ts";

export interface DeviceSnapshot {
  readonly fault: DeviceFault | null;
  readonly values: Readonly<Partial<Record<Capability, number>>>;
}

/** One device that lives on a clock. Bytes (`start.ts`) and points (`amplifier-twin.ts`) are two ways to ask it. */
export interface VirtualDevice {
  readonly profile: ModbusProfile;
  fault(): DeviceFault | null;
  setFault(fault: DeviceFault | null): void;
  /** As a panel of lamps and needles would show it now. */
  snapshot(): DeviceSnapshot;
  set(capability: Capability, value: number): void;
  answer(request: ModbusRequest): Result<readonly number[], ExceptionCode>;
}

export function createVirtualDevice(ports: {
  readonly profile: ModbusProfile;
  /** The signal at the input at this moment. */
  readonly meter: () => MeterReading;
  readonly clock: Clock;
}): VirtualDevice {
  const { profile, meter, clock } = ports;
  let fault: DeviceFault | null = null;
  let state: DeviceState = startState(profile, clock.monotonic());
  const step = () => {
    state = stepDevice(profile, state, { now: clock.monotonic(), meter: meter(), fault });
    return state;
  };

  return {
    profile,
    fault: () => fault,
    setFault(next) {
      step();
      fault = next;
    },
    snapshot: () => ({ fault, values: step().readings }),
    set(capability, value) {
      state = applySetting(step(), capability, value, fault);
    },
    answer(request) {
      if (request.kind === "read") return readRegisters(profile, step(), fault, request);
      const changes = writtenSettings(profile, request);
      if (!changes.ok) return changes;
      for (const { capability, value } of changes.value)
        state = applySetting(step(), capability, value, fault);
      return ok([]);
    },
  };
}
