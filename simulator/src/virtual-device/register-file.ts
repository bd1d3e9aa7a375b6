import type { Capability } from "@loa/shared/device/capability.ts";
import { isIdentity } from "@loa/shared/device/identity.ts";
import type { ExceptionCode, ModbusRequest } from "@loa/shared/device/modbus-pdu.ts";
import { allowsWrite, asWritten } from "@loa/shared/device/point-write.ts";
import { readFunctionOf } from "@loa/shared/device/poll-plan.ts";
import { isReadable } from "@loa/shared/device/profile.ts";
import type { ModbusPoint, ModbusProfile, ModbusSpace } from "@loa/shared/device/profile-modbus.ts";
import {
  decodePoint,
  encodePoint,
  rawFromWords,
  rawRangeOf,
  type Words,
  widthOf,
  wordsFromRaw,
} from "@loa/shared/device/registers.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { type DeviceFault, type DeviceState, identityOf } from "./device-model.ts";

/** The device as a Modbus client sees it: requests in, register values or an exception out. */

export interface SettingChange {
  readonly capability: Capability;
  readonly value: number;
}

const ILLEGAL_ADDRESS: ExceptionCode = 2;
const ILLEGAL_VALUE: ExceptionCode = 3;
/** Real devices answer holes between their registers with 0; beyond the last one they refuse. */
const HOLE = 0;

const spaceOfWrite: Readonly<Record<5 | 6 | 15 | 16, ModbusSpace>> = {
  5: "coil",
  15: "coil",
  6: "holding",
  16: "holding",
};

export function readRegisters(
  profile: ModbusProfile,
  state: DeviceState,
  fault: DeviceFault | null,
  request: ModbusRequest & { readonly kind: "read" },
): Result<readonly number[], ExceptionCode> {
  const memory = new Map<number, number>();
  const store = (address: number, words: readonly number[]) =>
    words.forEach((word, index) => {
      memory.set(address + index, (memory.get(address + index) ?? 0) | word);
    });
  for (const point of profile.points)
    if (isReadable(point) && readFunctionOf(point.space) === request.function)
      store(point.address, shown(point, state));
  for (const read of profile.identify) {
    if (readFunctionOf(read.space) !== request.function) continue;
    // Where a point is itself a mark of identity, the device shows what it measures, as long as that agrees.
    const shownRaw = rawFromWords(read, wordsAt(memory, read.address, widthOf(read.type)));
    if (fault !== "wrong-identity" && isIdentity(read, shownRaw)) continue;
    memory.delete(read.address);
    if (widthOf(read.type) === 2) memory.delete(read.address + 1);
    store(read.address, wordsFromRaw(read, identityOf(read, fault)));
  }

  const last = Math.max(-1, ...memory.keys());
  if (request.address + request.count - 1 > last) return fail(ILLEGAL_ADDRESS);
  return ok(Array.from({ length: request.count }, (_, index) => memory.get(request.address + index) ?? HOLE));
}

/** Which points a write sets. One that hits an address without a writable point is refused as a whole. */
export function writtenSettings(
  profile: ModbusProfile,
  request: ModbusRequest & { readonly kind: "write" },
): Result<readonly SettingChange[], ExceptionCode> {
  const changes: SettingChange[] = [];
  for (let index = 0; index < request.values.length; ) {
    const points = writableAt(profile, spaceOfWrite[request.function], request.address + index);
    const [first] = points;
    if (first === undefined) return fail(ILLEGAL_ADDRESS);
    const width = widthOf(first.type);
    for (const point of points) {
      const decoded = decodePoint(asWritten(point), request.values.slice(index, index + width));
      if (decoded.quality === "invalid" || !allowsWrite(point, decoded.value)) return fail(ILLEGAL_VALUE);
      changes.push({ capability: point.capability, value: decoded.value });
    }
    index += width;
  }
  return ok(changes);
}

function wordsAt(memory: ReadonlyMap<number, number>, address: number, width: number): Words {
  return Array.from({ length: width }, (_, index) => memory.get(address + index) ?? Number.NaN);
}

/** Several where they share a packed register. */
function writableAt(profile: ModbusProfile, space: ModbusSpace, address: number): readonly ModbusPoint[] {
  return profile.points.filter(
    ({ write, address: readAt }) =>
      write !== undefined && spaceOfWrite[write.function] === space && (write.address ?? readAt) === address,
  );
}

/** What physics says, cut to what the register can hold. */
function shown(point: ModbusPoint, state: DeviceState): readonly number[] {
  const value = state.readings[point.capability] ?? 0;
  const inRange =
    point.range === undefined ? value : Math.min(point.range.max, Math.max(point.range.min, value));
  const words = encodePoint(point, inRange);
  return words.ok ? words.value : wordsFromRaw(point, rawRangeOf(point).max);
}
