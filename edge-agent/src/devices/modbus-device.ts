import type { ModbusProfile, TransportKind } from "@loa/shared/device/profile-modbus.ts";
import { type DeviceAlias, ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { createBusMaster } from "./bus-master.ts";
import type { ByteLink } from "./byte-link.ts";
import { type ClosableDevice, createDeviceDriver } from "./device-driver.ts";
import { createModbusConversation } from "./modbus-conversation.ts";

export interface ModbusDeviceOptions {
  readonly profile: ModbusProfile;
  /** Opened and closed by the device. */
  readonly link: ByteLink;
  /** How frames travel on this link; the profile's own way where it is left out (RTU also runs over TCP gateways). */
  readonly framing?: TransportKind;
  readonly unit: number;
  readonly alias?: DeviceAlias;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** One Modbus device alone on its line. Several units, and other languages, stand on a `shelf.ts`. */
export function createModbusDevice(options: ModbusDeviceOptions): ClosableDevice {
  const { profile, link, unit, clock, timers, log, alias = ONLY_DEVICE } = options;
  const kind = options.framing ?? profile.transport.kind;
  const master = createBusMaster({ link, kind, clock, timers, log });
  const conversation = createModbusConversation({ profile, master, unit });
  const driver = createDeviceDriver({ alias, profile, conversation, clock, timers, log });
  return {
    write: (capability, value) => driver.write(capability, value),
    run: (sequence) => driver.run(sequence),
    lookNow: () => driver.lookNow(),
    pace: (pace) => driver.pace(pace),
    onReport: (listener) => driver.onReport(listener),
    async close() {
      await driver.close();
      await master.close();
    },
  };
}
