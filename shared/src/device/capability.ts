import { z } from "zod";

/**
 * What a point can mean to the rest of Loa: a closed list, so that the page, the receipts and the health rules
 * know every one by name and unit. Gains and levels are in dB, powers and switches are 0 or 1.
 */
export const capabilities = {
  "amplifier.power": { unit: "bool", writable: true },
  "amplifier.gain": { unit: "dB", writable: true },
  /** Where the maker gives no decibels. */
  "amplifier.volume": { unit: "%", writable: true },
  "amplifier.mute": { unit: "bool", writable: true },
  "amplifier.level": { unit: "dBFS", writable: false },
  "amplifier.meter": { unit: "%", writable: false },
  "amplifier.temperature": { unit: "°C", writable: false },
  "amplifier.standby": { unit: "bool", writable: false },
  "amplifier.limiter": { unit: "bool", writable: false },
  "amplifier.clip": { unit: "bool", writable: false },
  "amplifier.fault.overload": { unit: "bool", writable: false },
  "amplifier.fault.thermal": { unit: "bool", writable: false },
  "amplifier.fault.short": { unit: "bool", writable: false },
  "amplifier.fault.dc": { unit: "bool", writable: false },
  "amplifier.fault.supply": { unit: "bool", writable: false },
  "amplifier.fault.protection": { unit: "bool", writable: false },
  "amplifier.fault.selfCheck": { unit: "bool", writable: false },
  "zone.1": { unit: "bool", writable: true },
  "zone.2": { unit: "bool", writable: true },
  "zone.3": { unit: "bool", writable: true },
  "zone.4": { unit: "bool", writable: true },
  /** Inputs of the amplifier itself: 1 lets them through, 0 mutes them. */
  "input.line": { unit: "bool", writable: true },
  "input.fm": { unit: "bool", writable: true },
  /** Relays and contacts that the site gives a meaning. */
  "relay.1": { unit: "bool", writable: true },
  "relay.2": { unit: "bool", writable: true },
  "relay.3": { unit: "bool", writable: true },
  "relay.4": { unit: "bool", writable: true },
  "relay.5": { unit: "bool", writable: true },
  "relay.6": { unit: "bool", writable: true },
  "relay.7": { unit: "bool", writable: true },
  "relay.8": { unit: "bool", writable: true },
  "contact.1": { unit: "bool", writable: false },
  "contact.2": { unit: "bool", writable: false },
  "contact.3": { unit: "bool", writable: false },
  "contact.4": { unit: "bool", writable: false },
  "contact.5": { unit: "bool", writable: false },
  "contact.6": { unit: "bool", writable: false },
  "contact.7": { unit: "bool", writable: false },
  "contact.8": { unit: "bool", writable: false },
  "counter.1": { unit: "pulses", writable: false },
  "counter.2": { unit: "pulses", writable: false },
  /** 1: the device's own watchdog has switched its outputs off; 1 written clears it. */
  "watchdog.tripped": { unit: "bool", writable: true },
  "speakerLine.current": { unit: "A", writable: false },
  "speakerLine.impedance": { unit: "Ω", writable: false },
  /** The line is outside of what was set, open or shorted. */
  "speakerLine.fault": { unit: "bool", writable: false },
  "speakerLine.open": { unit: "bool", writable: false },
  "speakerLine.short": { unit: "bool", writable: false },
  /** Warning devices with their own messages: armed first, then told to play. */
  "siren.armed": { unit: "bool", writable: true },
  "siren.message": { unit: "number", writable: true },
  "siren.active": { unit: "bool", writable: false },
  "siren.stop": { unit: "bool", writable: true },
  /** A self-test of the device: 1 starts it; then how many results are open, good and bad. */
  "selfTest.start": { unit: "bool", writable: true },
  "selfTest.pending": { unit: "number", writable: false },
  "selfTest.passed": { unit: "number", writable: false },
  "selfTest.failed": { unit: "number", writable: false },
  "mains.present": { unit: "bool", writable: false },
  "mains.voltage": { unit: "V", writable: false },
  "mains.current": { unit: "A", writable: false },
  "mains.power": { unit: "W", writable: false },
  "mains.apparentPower": { unit: "VA", writable: false },
  "mains.powerFactor": { unit: "ratio", writable: false },
  "mains.frequency": { unit: "Hz", writable: false },
  "mains.energy": { unit: "Wh", writable: false },
  "battery.voltage": { unit: "V", writable: false },
  "battery.current": { unit: "A", writable: false },
  "battery.power": { unit: "W", writable: false },
  "battery.soc": { unit: "%", writable: false },
  "battery.temperature": { unit: "°C", writable: false },
  "battery.onBattery": { unit: "bool", writable: false },
  "battery.low": { unit: "bool", writable: false },
  "battery.missing": { unit: "bool", writable: false },
  "psu.voltage": { unit: "V", writable: false },
  "psu.current": { unit: "A", writable: false },
  "psu.temperature": { unit: "°C", writable: false },
  "psu.fault.overload": { unit: "bool", writable: false },
  "psu.fault.overvoltage": { unit: "bool", writable: false },
  "psu.fault.short": { unit: "bool", writable: false },
  "psu.fault.thermal": { unit: "bool", writable: false },
  /** Direct current into the cabinet's load, through a meter or a solar charger. */
  "load.voltage": { unit: "V", writable: false },
  "load.current": { unit: "A", writable: false },
  "load.power": { unit: "W", writable: false },
  "load.energy": { unit: "Wh", writable: false },
  "solar.voltage": { unit: "V", writable: false },
  "solar.current": { unit: "A", writable: false },
  "cabinet.temperature": { unit: "°C", writable: false },
  "cabinet.humidity": { unit: "%", writable: false },
  "cabinet.door": { unit: "bool", writable: false },
  "cabinet.tamper": { unit: "bool", writable: false },
  "cabinet.button": { unit: "bool", writable: false },
  /** Key switch at the box: while it is turned nothing sounds, for half an hour at most. */
  "cabinet.silence": { unit: "bool", writable: false },
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
