import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { Random } from "@loa/shared/kernel/ambient.ts";
import { NOISE_SHARE } from "./slave.ts";
import type { VirtualDevice } from "./virtual-device.ts";

/** How the next request to this device ends, all its tries together; null: well. */
export function failureOf(device: VirtualDevice<ModbusProfile>, random: Random): DeviceFailure | null {
  const faults = device.faults();
  if (faults.size === 0) return device.hears() ? null : "timeout";
  if (!device.hears() || faults.has("late-replies")) return "timeout";
  const isLost = () => random.next() < NOISE_SHARE ** triesOf(device.profile);
  if (faults.has("crc-noise") && isLost()) return "bad-crc";
  return faults.has("half-frames") && isLost() ? "wrong-reply" : null;
}

export function triesOf({ timing }: ModbusProfile): number {
  return timing.retries + 1;
}

/** From the first question to giving up: between its tries the unit is in quarantine. */
export function failureMs({ timing }: ModbusProfile, tries: number): number {
  return timing.responseMs * tries + timing.quarantineMs * (tries - 1);
}
