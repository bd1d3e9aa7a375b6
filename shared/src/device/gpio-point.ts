import type { GpioPoint } from "./profile-gpio.ts";

/** Levels ↔ values: a line that is active low means 1 at 0 V. */
export function valueOfLevel({ activeLow }: Pick<GpioPoint, "activeLow">, level: 0 | 1): 0 | 1 {
  return activeLow === (level === 1) ? 0 : 1;
}

export function levelOfValue({ activeLow }: Pick<GpioPoint, "activeLow">, value: number): 0 | 1 {
  return activeLow === (value === 1) ? 0 : 1;
}
