/**
 * Faults by name, several at a time. The first block is about what the device is and does, the second about how it
 * answers; `wrong-identity` and `other-firmware` are about what it is.
 */
export const deviceFaults = [
  "silent",
  "stuck-relay",
  "line-open",
  "line-short",
  "over-temperature",
  "clipping",
  "door-open",
  "mains-lost",
  "invalid-value",
  "wrong-identity",
  "other-firmware",
  "dead",
  "slow",
  "late-replies",
  "crc-noise",
  "half-frames",
] as const;
export type DeviceFault = (typeof deviceFaults)[number];
export type FaultSet = ReadonlySet<DeviceFault>;

export const noFaults: FaultSet = new Set();
