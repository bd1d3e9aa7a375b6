import { fail, ok, type Result } from "../kernel/result.ts";
import type { ModbusRequest } from "./modbus-pdu.ts";
import type { ProfilePoint } from "./profile.ts";
import { encodePoint } from "./registers.ts";

/** The request that sets a point; `not-supported` for what the profile does not allow. Nothing is clamped silently. */
export function writeRequest(point: ProfilePoint, value: number): Result<ModbusRequest, "not-supported"> {
  const { write } = point;
  if (write === undefined || !(value >= write.min && value <= write.max)) return fail("not-supported");
  const words = encodePoint(point, value);
  if (!words.ok) return fail("not-supported");
  return ok({ kind: "write", function: write.function, address: point.address, values: words.value });
}
