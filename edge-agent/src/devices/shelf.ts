import type { Capability } from "@loa/shared/device/capability.ts";
import { isModbus, isText, type Profile } from "@loa/shared/device/profile.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import type { DeviceReport } from "../ports.ts";
import { type BusMaster, createBusMaster } from "./bus-master.ts";
import type { ByteLink } from "./byte-link.ts";
import type { Conversation } from "./conversation.ts";
import { type ClosableDevice, createDeviceDriver } from "./device-driver.ts";
import type { BoundDevice } from "./device-setup.ts";
import { type LeftOut, tellLeftOut } from "./left-out.ts";
import { createModbusConversation } from "./modbus-conversation.ts";
import { createTextConversation } from "./text-conversation.ts";
import { createTextLine, type TextLine } from "./text-line.ts";

/** A device of the cabinet, and where it hangs. */
export interface ShelvedDevice extends BoundDevice {
  /** Devices with the same line share its one owner. */
  readonly line: string;
  /** The profile's own where it is left out. */
  readonly unit?: number | string;
}

export interface ShelfPorts {
  readonly devices: readonly ShelvedDevice[];
  /** Those of the cabinet that are not driven; their lines are not opened for them. */
  readonly leftOut?: readonly LeftOut[];
  /** Opened and closed by the owner of the line. */
  readonly linkFor: (line: string, transport: Profile["transport"]) => ByteLink;
  /** Contacts and relays of a chip: no frames and no units, so each device speaks for itself. */
  readonly gpioFor: (device: ShelvedDevice) => Conversation;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

interface Shelved {
  readonly device: ShelvedDevice;
  readonly driver: ClosableDevice;
}

/** All devices of a cabinet behind one port; several lines at once, each with one owner. */
export function openShelf(ports: ShelfPorts): ClosableDevice {
  const lines = createLines(ports);
  const listeners: ((report: DeviceReport) => void)[] = [];
  const tell = (report: DeviceReport) => {
    for (const listener of listeners) listener(report);
  };
  const endTelling = tellLeftOut(ports.leftOut ?? [], ports, tell);
  const shelved = ports.devices.map((device): Shelved => {
    const { alias, profile } = device;
    const { clock, timers, log } = ports;
    const conversation = lines.conversationWith(device);
    const driver = createDeviceDriver({ alias, profile, conversation, clock, timers, log });
    driver.onReport(tell);
    return { device, driver };
  });
  const withPoint = (capability: Capability) =>
    shelved.filter(({ device }) =>
      [...device.profile.points].some((point) => point.capability === capability),
    );

  return {
    write(capability, value) {
      const owners = withPoint(capability);
      // Nobody has it: the first of them says so.
      for (const { driver } of owners.length > 0 ? owners : shelved.slice(0, 1))
        driver.write(capability, value);
    },
    run(sequence: SequenceName) {
      for (const { driver } of shelved) driver.run(sequence);
    },
    lookNow() {
      for (const { driver } of shelved) driver.lookNow();
    },
    pace(pace) {
      for (const { driver } of shelved) driver.pace(pace);
    },
    onReport(listener) {
      listeners.push(listener);
    },
    async close() {
      endTelling();
      await Promise.all(shelved.map(({ driver }) => driver.close()));
      await lines.close();
    },
  };
}

interface Lines {
  conversationWith(device: ShelvedDevice): Conversation;
  close(): Promise<void>;
}

function createLines({ linkFor, gpioFor, clock, timers, log }: ShelfPorts): Lines {
  const masters = new Map<string, BusMaster>();
  const texts = new Map<string, TextLine>();

  function masterOf(line: string, profile: Profile): BusMaster {
    const kind = profile.transport.kind === "modbus-tcp" ? "modbus-tcp" : "modbus-rtu";
    const known = masters.get(line);
    if (known !== undefined) return known;
    const master = createBusMaster({ link: linkFor(line, profile.transport), kind, clock, timers, log });
    masters.set(line, master);
    return master;
  }

  function textOf(line: string, replyEnd: string, transport: Profile["transport"]): TextLine {
    const known = texts.get(line);
    if (known !== undefined) return known;
    const isPacketed = transport.kind === "text-udp";
    const text = createTextLine({ link: linkFor(line, transport), replyEnd, isPacketed, clock, timers, log });
    texts.set(line, text);
    return text;
  }

  return {
    conversationWith(device) {
      const { profile, line, unit } = device;
      if (isModbus(profile)) {
        const number = typeof unit === "number" ? unit : profile.transport.unit;
        return createModbusConversation({ profile, master: masterOf(line, profile), unit: number });
      }
      if (isText(profile)) {
        const own = unit === undefined ? {} : { unit: `${unit}` };
        return createTextConversation({
          profile,
          line: textOf(line, profile.dialogue.replyEnd, profile.transport),
          ...own,
        });
      }
      return gpioFor(device);
    },
    async close() {
      await Promise.all([...masters.values(), ...texts.values()].map((line) => line.close()));
    },
  };
}
