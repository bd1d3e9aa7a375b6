import { fail, ok, type Result } from "../kernel/result.ts";
import type { ModbusRequest } from "./modbus-pdu.ts";
import type { BitCopy, ModbusPoint } from "./profile-modbus.ts";
import { encodePoint, maskOf, type Words } from "./registers.ts";

/** A register as it stood just before a packed word was written. */
export interface GivenWord {
  readonly space: BitCopy["space"];
  readonly address: number;
  readonly word: number;
}

/** Whether the profile lets this value be written at all. */
export function allowsWrite(point: ModbusPoint, value: number): boolean {
  const { write } = point;
  return (
    write !== undefined && value >= write.min && value <= write.max && encodePoint(asWritten(point), value).ok
  );
}

/** Registers that must be read before this point is written: the rest of its packed word. */
export function readsBefore({ write }: ModbusPoint): readonly Omit<GivenWord, "word">[] {
  const reads = new Map(
    (write?.compose ?? []).map(({ space, address }) => [`${space} ${address}`, { space, address }]),
  );
  return [...reads.values()];
}

/** The request that sets a point; `not-supported` for what the profile does not allow. Nothing is clamped silently. */
export function writeRequest(
  point: ModbusPoint,
  value: number,
  given: readonly GivenWord[] = [],
): Result<ModbusRequest, "not-supported"> {
  const { write } = point;
  if (write === undefined || !allowsWrite(point, value)) return fail("not-supported");
  const words = encodePoint(asWritten(point), value);
  if (!words.ok) return fail("not-supported");
  const values = write.compose === undefined ? words.value : composed(point, words.value, given);
  if (values === null) return fail("not-supported");
  return ok({ kind: "write", function: write.function, address: write.address ?? point.address, values });
}

/** The point as it stands where it is written, which may be another register and other bits than where it is read. */
export function asWritten(point: ModbusPoint): ModbusPoint {
  const { write } = point;
  const address = write?.address ?? point.address;
  if (write?.bits === undefined) return { ...point, address };
  const { bit: _readAt, ...rest } = point;
  return { ...rest, address, type: "u16", bits: write.bits };
}

/** Null while a register of the rest is not known: writing zeros there would switch something off. */
function composed(point: ModbusPoint, words: Words, given: readonly GivenWord[]): Words | null {
  let word = 0;
  for (const copy of point.write?.compose ?? []) {
    const found = given.find((each) => each.space === copy.space && each.address === copy.address);
    if (found === undefined) return null;
    word |= ((found.word >> copy.bits.first) & maskOf(copy.bits)) << copy.to;
  }
  const { bit, bits } = asWritten(point);
  const own = bits ?? (bit === undefined ? { first: 0, last: 15 } : { first: bit, last: bit });
  return [((word & ~(maskOf(own) << own.first)) | (words[0] ?? 0)) & 0xffff];
}
