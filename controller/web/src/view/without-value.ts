import type { Measured, RaisedFault } from "../api/cabinet-shapes.ts";

/**
 * Why a point shows no value; null where it shows one. Without a fault of the point there is just nothing to measure:
 * an amplifier knows the impedance of its line only while it sounds.
 */
export function whyWithoutValue(
  { capability, value }: Measured,
  faults: readonly RaisedFault[],
): "not-measured" | "unreadable" | null {
  if (value !== null) return null;
  return faults.some(({ point }) => point === capability) ? "unreadable" : "not-measured";
}
