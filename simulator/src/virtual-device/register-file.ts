import type { Capability } from "@loa/shared/device/capability.ts";
import { isIdentity } from "@loa/shared/device/identity.ts";
import type { ExceptionCode, ModbusRequest } from "@loa/shared/device/modbus-pdu.ts";
import { allowsWrite, asWritten } from "@loa/shared/device/point-write.ts";
import { readFunctionOf } from "@loa/shared/device/poll-plan.ts";
import { isReadable } from "@loa/shared/device/profile.ts";
import type {
  IdentifyRead,
  ModbusPoint,
  ModbusProfile,
  ModbusSpace,
} from "@loa/shared/device/profile-modbus.ts";
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
import type { FaultSet } from "./device-fault.ts";
import { rightIdentity, wrongIdentity } from "./modbus-identity.ts";
import type { Readings } from "./panel.ts";

/** The device as a Modbus client sees it: requests in, register values or an exception out. */

export interface SettingChange {
  readonly capability: Capability;
  readonly value: number;
}

const ILLEGAL_ADDRESS: ExceptionCode = 2;
const ILLEGAL_VALUE: ExceptionCode = 3;
/** Real devices answer holes between their registers with 0; beyond the last one they refuse. */
const HOLE = 0;
/** Under `other-firmware`: everything has moved by this. */
const MOVED_BY = 7;

const spaceOfWrite: Readonly<Record<5 | 6 | 15 | 16, ModbusSpace>> = {
  5: "coil",
  15: "coil",
  6: "holding",
  16: "holding",
};

type Memory = Map<number, number>;

export function readRegisters(
  profile: ModbusProfile,
  readings: Readings,
  faults: FaultSet,
  request: ModbusRequest & { readonly kind: "read" },
): Result<readonly number[], ExceptionCode> {
  const memory: Memory = new Map();
  for (const point of profile.points)
    if (isReadable(point) && readFunctionOf(point.space) === request.function)
      store(memory, point.address, shownWords(point, readings[point.capability] ?? null));
  const marks = profile.identify.filter((read) => readFunctionOf(read.space) === request.function);
  for (const read of marks) mark(memory, read, faults);
  const shown = faults.has("other-firmware") ? moved(memory, marks) : memory;

  const last = Math.max(-1, ...shown.keys());
  const values = Array.from(
    { length: request.count },
    (_, index) => shown.get(request.address + index) ?? HOLE,
  );
  const isBeyond = request.address + request.count - 1 > last;
  return isBeyond || values.some(Number.isNaN) ? fail(ILLEGAL_ADDRESS) : ok(values);
}

/** Which points a write sets. One that hits an address without a writable point is refused as a whole. */
export function writtenSettings(
  profile: ModbusProfile,
  faults: FaultSet,
  request: ModbusRequest & { readonly kind: "write" },
): Result<readonly SettingChange[], ExceptionCode> {
  if (faults.has("other-firmware")) return fail(ILLEGAL_ADDRESS);
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

/** What the register holds for a value, cut to what it can hold. Null: as the device says that it has none. */
export function shownWords(point: ModbusPoint, value: number | null): Words {
  if (value === null) return noValueWords(point) ?? shownWords(point, 0);
  const inRange =
    point.range === undefined ? value : Math.min(point.range.max, Math.max(point.range.min, value));
  const words = encodePoint(point, inRange);
  return words.ok ? words.value : wordsFromRaw(point, rawRangeOf(point).max);
}

/** A raw number that the profile reads as no value; null where the register has none. */
function noValueWords(point: ModbusPoint): Words | null {
  if (point.type === "f32") return wordsFromRaw(point, Number.NaN);
  const { min, max } = rawRangeOf(point);
  const says = (raw: number) => decodePoint(point, wordsFromRaw(point, raw)).quality;
  const raw = [...point.invalid, max, min].find((each) => says(each) === "invalid");
  return raw === undefined ? null : wordsFromRaw(point, raw);
}

function store(memory: Memory, address: number, words: Words): void {
  words.forEach((word, index) => {
    memory.set(address + index, (memory.get(address + index) ?? 0) | word);
  });
}

/** Where a point is itself a mark of identity, the device shows what it measures, as long as that agrees. */
function mark(memory: Memory, read: IdentifyRead, faults: FaultSet): void {
  const isWrong = faults.has("wrong-identity");
  const width = widthOf(read.type);
  const words = Array.from({ length: width }, (_, index) => memory.get(read.address + index) ?? Number.NaN);
  if (!isWrong && isIdentity(read, rawFromWords(read, words))) return;
  for (let index = 0; index < width; index++) memory.delete(read.address + index);
  store(memory, read.address, wordsFromRaw(read, isWrong ? wrongIdentity(read) : rightIdentity(read)));
}

/** The map of another firmware: other numbers at the same addresses, and none where they would look right. */
function moved(memory: Memory, marks: readonly IdentifyRead[]): Memory {
  const shown: Memory = new Map([...memory].map(([address, word]) => [address + MOVED_BY, word]));
  for (const { address } of marks) shown.set(address, Number.NaN);
  return shown;
}

/** Several where they share a packed register. */
function writableAt(profile: ModbusProfile, space: ModbusSpace, address: number): readonly ModbusPoint[] {
  return profile.points.filter(
    ({ write, address: readAt }) =>
      write !== undefined && spaceOfWrite[write.function] === space && (write.address ?? readAt) === address,
  );
}
