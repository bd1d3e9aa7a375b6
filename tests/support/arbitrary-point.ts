import type { ModbusPoint } from "@loa/shared/device/profile-modbus.ts";
import fc from "fast-check";

/** A point with nothing special about it but what is asked. */
export function pointWith(parts: Partial<ModbusPoint>): ModbusPoint {
  return {
    capability: "mains.voltage",
    space: "input",
    address: 0,
    type: "u16",
    wordOrder: "high-first",
    scale: 1,
    offset: 0,
    invalid: [],
    poll: "normal",
    deadband: 0,
    ...parts,
  };
}

/** Any register point of any type, scale and offset, at an address below 400. */
export const anyPoint: fc.Arbitrary<ModbusPoint> = fc
  .record({
    space: fc.constantFrom("input" as const, "holding" as const),
    address: fc.integer({ min: 0, max: 399 }),
    type: fc.constantFrom("u16" as const, "s16" as const, "u32" as const, "s32" as const, "f32" as const),
    wordOrder: fc.constantFrom("high-first" as const, "low-first" as const),
    scale: fc.constantFrom(1, 0.1, 0.01, 0.001, 0.5, 10),
    offset: fc.constantFrom(0, -40, 273.15),
    poll: fc.constantFrom("fast" as const, "normal" as const, "slow" as const),
  })
  .map(pointWith);
