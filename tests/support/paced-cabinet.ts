import { createBusMaster } from "@loa/edge-agent/devices/bus-master.ts";
import { createDeviceDriver } from "@loa/edge-agent/devices/device-driver.ts";
import { createModbusConversation } from "@loa/edge-agent/devices/modbus-conversation.ts";
import type { Devices } from "@loa/edge-agent/ports.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { deviceAlias } from "@loa/shared/device/site-binding.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import { createSlave } from "@loa/simulator/virtual-device/slave.ts";
import { createVirtualDevice, type VirtualDevice } from "@loa/simulator/virtual-device/virtual-device.ts";
import { createLogBook, type LogBook } from "./log-book.ts";
import { createPacedLine, type PacedLine } from "./paced-line.ts";

/** From the end of a question to its answer, ms: the 31, 49 and 153 ms of `hardware.md` are its formula with this. */
export const TURNAROUND_MS = 7.5;

export interface CabinetUnit {
  readonly profile: ModbusProfile;
  readonly fault: DeviceFault | null;
}

/** Several devices on one line that paces its bytes, each with the real driver; units count from 1. */
export interface PacedCabinet {
  readonly line: PacedLine;
  readonly log: LogBook;
  readonly units: readonly { readonly devices: Devices; readonly device: VirtualDevice<ModbusProfile> }[];
  /** Called in the moment in which a device obeys a write. */
  onObeyed(listener: (unit: number, capability: Capability) => void): void;
  close(): Promise<void>;
}

export function openPacedCabinet(parts: {
  readonly units: readonly CabinetUnit[];
  readonly baud: number;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The line's own, where real time needs finer ones. */
  readonly lineTimers?: Timers;
}): PacedCabinet {
  const { clock, timers } = parts;
  const lineTimers = parts.lineTimers ?? timers;
  const line = createPacedLine({
    pace: { baud: parts.baud, parity: "none", stopBits: 1 },
    clock,
    timers: lineTimers,
  });
  let obeyed: (unit: number, capability: Capability) => void = () => undefined;
  const log = createLogBook();
  const master = createBusMaster({ link: line.master, kind: "modbus-rtu", clock, timers, log });
  const units = parts.units.map(({ profile, fault }, index) => {
    const device = attachDevice(line, profile, index + 1, clock, lineTimers, (capability) =>
      obeyed(index + 1, capability),
    );
    device.setFault(fault);
    const conversation = createModbusConversation({ profile, master, unit: index + 1 });
    const alias = deviceAlias.parse(`unit-${index + 1}`);
    const devices = createDeviceDriver({ alias, profile, conversation, clock, timers, log });
    return { devices, device };
  });
  return {
    line,
    log,
    units,
    onObeyed(listener) {
      obeyed = listener;
    },
    async close() {
      await Promise.all(units.map(({ devices }) => devices.close()));
      await master.close();
    },
  };
}

function attachDevice(
  line: PacedLine,
  profile: ModbusProfile,
  unit: number,
  clock: Clock,
  timers: Timers,
  onObeyed: (capability: Capability) => void,
): VirtualDevice<ModbusProfile> {
  const device = createVirtualDevice({ profile, meter: () => ({ rmsDb: -20, peakDb: -9 }), clock });
  const set = (capability: Capability, value: number) => {
    device.set(capability, value);
    onObeyed(capability);
  };
  let speaks: (bytes: Uint8Array) => void = () => undefined;
  const slave = createSlave({
    device: { ...device, set },
    kind: "modbus-rtu",
    unit,
    send: (bytes) => speaks(bytes),
    timers,
    random: createSeededRandom(`unit-${unit}`),
  });
  speaks = line.attachSlave({ hears: (frame) => slave.receive(frame), turnaroundMs: TURNAROUND_MS });
  return device;
}
