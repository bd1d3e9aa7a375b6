import { z } from "zod";

/**
 * What a point can mean to the rest of Loa: a closed list, so that the page, the receipts and the health rules
 * know every one by name and unit. Gains and levels are in dB, powers and switches are 0 or 1.
 */
export const capabilities = {
  "amplifier.power": { unit: "bool", writable: true },
  "amplifier.gain": { unit: "dB", writable: true },
  "amplifier.mute": { unit: "bool", writable: true },
  "amplifier.level": { unit: "dBFS", writable: false },
  "amplifier.temperature": { unit: "°C", writable: false },
  "amplifier.fault.overload": { unit: "bool", writable: false },
  "amplifier.fault.thermal": { unit: "bool", writable: false },
  "amplifier.fault.short": { unit: "bool", writable: false },
  "zone.1": { unit: "bool", writable: true },
  "zone.2": { unit: "bool", writable: true },
  "zone.3": { unit: "bool", writable: true },
  "zone.4": { unit: "bool", writable: true },
  /** Inputs of the amplifier itself: 1 lets them through, 0 mutes them. */
  "input.line": { unit: "bool", writable: true },
  "input.fm": { unit: "bool", writable: true },
  "speakerLine.current": { unit: "A", writable: false },
  "speakerLine.open": { unit: "bool", writable: false },
  "mains.present": { unit: "bool", writable: false },
  "mains.voltage": { unit: "V", writable: false },
  "mains.current": { unit: "A", writable: false },
  "mains.power": { unit: "W", writable: false },
  "mains.energy": { unit: "Wh", writable: false },
  "battery.voltage": { unit: "V", writable: false },
  "cabinet.temperature": { unit: "°C", writable: false },
  "cabinet.door": { unit: "bool", writable: false },
} as const satisfies Record<string, { unit: string; writable: boolean }>;

export type Capability = keyof typeof capabilities;
export const capability = z.enum(Object.keys(capabilities) as [Capability, ...Capability[]]);

/** One reading. A broken wire is `invalid`, never a zero. */
export type PointValue =
  | { readonly capability: Capability; readonly quality: "good"; readonly value: number }
  | { readonly capability: Capability; readonly quality: "invalid" };

/** Why a device did not answer as asked. The same word from the register to the page. */
export const deviceFailure = z.enum([
  "timeout",
  "bad-crc",
  "exception",
  "wrong-reply",
  "closed",
  "wrong-identity",
  "not-supported",
]);
export type DeviceFailure = z.infer<typeof deviceFailure>;
