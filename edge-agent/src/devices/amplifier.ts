import type { ModbusProfile, TransportKind } from "@loa/shared/device/profile-modbus.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { type ClosableAmplifier, createAmplifierDriver } from "./amplifier-driver.ts";
import { createBusMaster } from "./bus-master.ts";
import type { ByteLink } from "./byte-link.ts";

export interface AmplifierOptions {
  readonly profile: ModbusProfile;
  /** Opened and closed by the amplifier. */
  readonly link: ByteLink;
  /** How frames travel on this link; the profile's own way where it is left out (RTU also runs over TCP gateways). */
  readonly framing?: TransportKind;
  readonly unit: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** One amplifier alone on its line. Several units share a line through one `createBusMaster`. */
export function createAmplifier(options: AmplifierOptions): ClosableAmplifier {
  const { profile, link, unit, clock, timers, log } = options;
  const kind = options.framing ?? profile.transport.kind;
  const master = createBusMaster({ link, kind, clock, timers, log });
  const driver = createAmplifierDriver({ profile, master, unit, clock, timers, log });
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
