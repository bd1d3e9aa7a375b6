import type { ModbusProfile, TransportKind } from "@loa/shared/device/profile-modbus.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { createSeededRandom } from "../virtual/random.ts";
import { type Front, type FrontTransport, openFront } from "./front.ts";
import type { MeterReading } from "./signal-path.ts";
import { createSlave } from "./slave.ts";
import { createVirtualDevice, type VirtualDevice } from "./virtual-device.ts";

/** `framing`: the profile's own way where it is left out (RTU also runs through TCP gateways). */
export type VirtualTransport = FrontTransport & { readonly framing?: TransportKind };

export interface VirtualUnit {
  readonly profile: ModbusProfile;
  /** Unit on the line; the profile's own where it is left out. */
  readonly unit?: number;
  readonly meter: () => MeterReading;
}

interface Surroundings {
  readonly transport: VirtualTransport;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly seed: number;
}
export type VirtualLineOptions = Surroundings & {
  readonly units: readonly [VirtualUnit, ...(readonly VirtualUnit[])];
};
export type StartedDeviceOptions = Surroundings & VirtualUnit;

export interface StartedLine extends Front {
  /** In the order of the units. */
  readonly devices: readonly VirtualDevice<ModbusProfile>[];
}
export interface StartedDevice
  extends Front,
    Pick<VirtualDevice<ModbusProfile>, "setFault" | "setFaults" | "snapshot" | "set"> {}

/** Devices on one line that speak real Modbus bytes. Rejects when it cannot listen. */
export async function startVirtualLine(options: VirtualLineOptions): Promise<StartedLine> {
  const { transport, units, clock, timers, seed } = options;
  const random = createSeededRandom(`${seed}`);
  const spoken = units.map(({ profile, meter, unit }) => ({
    device: createVirtualDevice({ profile, meter, clock }),
    unit: unit ?? profile.transport.unit,
    kind: transport.framing ?? profile.transport.kind,
  }));
  const front = await openFront(transport, units[0].profile, (send) => {
    const slaves = spoken.map((one) => createSlave({ ...one, send, timers, random }));
    return {
      receive(bytes) {
        for (const slave of slaves) slave.receive(bytes);
      },
    };
  });
  return { ...front, devices: spoken.map(({ device }) => device) };
}

/** One device alone on its line. */
export async function startVirtualDevice(options: StartedDeviceOptions): Promise<StartedDevice> {
  const { transport, clock, timers, seed, ...unit } = options;
  const { devices, ...front } = await startVirtualLine({ transport, clock, timers, seed, units: [unit] });
  const [device] = devices;
  if (device === undefined) throw new Error("a line of one unit has one device");
  const { setFault, setFaults, snapshot, set } = device;
  return { ...front, setFault, setFaults, snapshot, set };
}
