import { z } from "zod";
import { capabilities } from "./capability.ts";
import { type GpioProfile, gpioProfile } from "./profile-gpio.ts";
import { type ModbusProfile, modbusProfile } from "./profile-modbus.ts";
import type { PointKind } from "./profile-parts.ts";
import { type TextProfile, textProfile } from "./profile-text.ts";

/**
 * A profile: everything the driver, the virtual device and the technician's sheet know about one product family.
 * Data only, no expressions. `transport.kind` says which of the three languages the rest is in.
 */
export const profile = z.union([modbusProfile, textProfile, gpioProfile]);
export type Profile = ModbusProfile | TextProfile | GpioProfile;
export type ProfilePoint = Profile["points"][number];

/** Every way to a device that a file can name. */
export const transportKinds = [
  "modbus-rtu",
  "modbus-tcp",
  "text-serial",
  "text-tcp",
  "text-udp",
  "gpio",
] as const satisfies readonly Profile["transport"]["kind"][];

/** The schema for a file with this `transport.kind`: its complaints are about the right keys. */
export function schemaFor(transportKind: unknown) {
  if (transportKind === "gpio") return gpioProfile;
  return typeof transportKind === "string" && transportKind.startsWith("text-") ? textProfile : modbusProfile;
}

export function isModbus(candidate: Profile): candidate is ModbusProfile {
  return candidate.transport.kind === "modbus-rtu" || candidate.transport.kind === "modbus-tcp";
}

export function isText(candidate: Profile): candidate is TextProfile {
  return "dialogue" in candidate;
}

export function isGpio(candidate: Profile): candidate is GpioProfile {
  return candidate.transport.kind === "gpio";
}

/** As the file says, or as the unit and the write make plain. */
export function kindOf(point: Pick<ProfilePoint, "capability" | "kind" | "write">): PointKind {
  if (point.kind !== undefined) return point.kind;
  if (point.write !== undefined) return "setting";
  const { unit } = capabilities[point.capability];
  if (unit === "bool") return "state";
  return unit === "Wh" || unit === "pulses" ? "counter" : "gauge";
}

/** Commands are only written. */
export function isReadable(point: Pick<ProfilePoint, "kind">): boolean {
  return point.kind !== "command";
}
