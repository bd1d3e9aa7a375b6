import { allowsWrite } from "./point-write.ts";
import type { ProfilePoint } from "./profile.ts";
import type { GpioPoint } from "./profile-gpio.ts";
import type { ModbusPoint } from "./profile-modbus.ts";
import { toleranceOf } from "./registers.ts";
import { textToleranceOf, writeCommand } from "./text-point.ts";

/** Whether the profile lets this value be written at all, in whichever language the point speaks. */
export function allowsValue(point: ProfilePoint, value: number): boolean {
  if (isModbusPoint(point)) return allowsWrite(point, value);
  if (!isGpioPoint(point)) return writeCommand(point, value).ok;
  const { write } = point;
  return write !== undefined && (value === 0 || value === 1) && value >= write.min && value <= write.max;
}

/** How far apart two readings of the same setting may be. */
export function pointToleranceOf(point: ProfilePoint): number {
  if (isModbusPoint(point)) return toleranceOf(point);
  return isGpioPoint(point) ? 0 : textToleranceOf(point);
}

function isModbusPoint(point: ProfilePoint): point is ModbusPoint {
  return "space" in point;
}

function isGpioPoint(point: ProfilePoint): point is GpioPoint {
  return "line" in point;
}
