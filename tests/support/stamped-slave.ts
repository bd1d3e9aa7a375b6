import { type Capability, capabilities } from "@loa/shared/device/capability.ts";
import type { ModbusPoint, ModbusProfile, Timing } from "@loa/shared/device/profile-modbus.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { SeededRandom } from "@loa/simulator/virtual/random.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import { createSlave } from "@loa/simulator/virtual-device/slave.ts";
import { createVirtualDevice } from "@loa/simulator/virtual-device/virtual-device.ts";
import type { PacedLine } from "./paced-line.ts";
import { shippedProfile } from "./profiles.ts";

/** A register shows another number every this many ms. */
const TICK_MS = 50;
/** So many registers, one beside the other from 0. */
export const STAMPED_REGISTERS = 64;
const names = (Object.keys(capabilities) as Capability[]).slice(0, STAMPED_REGISTERS);

/** What a register holds: nobody else's, and never for long. */
function stampOf(unit: number, address: number, tick: number): number {
  const mixed = Math.imul(unit * 0x1_0001 + address * 0x101 + tick * 0x3d, 0x9e37_79b1);
  return (mixed >>> 8) & 0xffff;
}

/** Whether these words are what the unit held at one moment between the two. */
export function isStampOf(
  words: readonly number[],
  asked: { readonly unit: number; readonly address: number },
  from: number,
  to: number,
): boolean {
  for (let tick = Math.floor(from / TICK_MS); tick <= Math.floor(to / TICK_MS); tick += 1)
    if (words.every((word, index) => word === stampOf(asked.unit, asked.address + index, tick))) return true;
  return false;
}

function stampedProfile(timing: Timing): ModbusProfile {
  const points = names.map(
    (capability, address): ModbusPoint => ({
      ...{ capability, space: "holding", address, type: "u16", wordOrder: "high-first", poll: "fast" },
      ...{ scale: 1, offset: 0, invalid: [], deadband: 0 },
      ...(address === 0
        ? { write: { function: 6, verifyWithinMs: 0, min: 0, max: 1, minIntervalMs: 0 } }
        : {}),
    }),
  );
  return { ...shippedProfile("loa-reference-amplifier"), timing, identify: [], points, safeState: [] };
}

/** A slave of the simulator, with its faults, whose every register says whose it is, where and when. */
export function attachStampedSlave(parts: {
  readonly line: PacedLine;
  readonly timing: Timing;
  readonly unit: number;
  readonly fault: DeviceFault | null;
  readonly turnaroundMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: SeededRandom;
}): void {
  const { line, unit, clock, timers, random } = parts;
  const silence = () => ({ rmsDb: Number.NEGATIVE_INFINITY, peakDb: Number.NEGATIVE_INFINITY });
  const device = createVirtualDevice({ profile: stampedProfile(parts.timing), meter: silence, clock });
  device.setFault(parts.fault);
  const snapshot = () => {
    const tick = Math.floor(clock.monotonic() / TICK_MS);
    const values: Partial<Record<Capability, number>> = {};
    for (const [address, name] of names.entries()) values[name] = stampOf(unit, address, tick);
    return { ...device.snapshot(), values };
  };
  let speaks: (bytes: Uint8Array) => void = () => undefined;
  const slave = createSlave({
    device: { ...device, snapshot },
    kind: "modbus-rtu",
    unit,
    send: (bytes) => speaks(bytes),
    timers,
    random,
  });
  speaks = line.attachSlave({ hears: (frame) => slave.receive(frame), turnaroundMs: parts.turnaroundMs });
}
