import { fail, ok, type Result } from "../kernel/result.ts";
import type { PointValue } from "./capability.ts";
import type { Bits, ModbusPoint, PointType } from "./profile-modbus.ts";

/**
 * Values ↔ what stands in coils (0 or 1) and registers (0 to 65535). A packed bit is encoded as the register with
 * only that bit set.
 */
export type Words = readonly number[];

export type NumberFormat = Pick<ModbusPoint, "type" | "wordOrder"> & {
  readonly bit?: number | undefined;
  readonly bits?: Bits | undefined;
};

/** What the raw number of each type can be. */
export const rawRange: Readonly<Record<PointType, { readonly min: number; readonly max: number }>> = {
  bit: { min: 0, max: 1 },
  u16: { min: 0, max: 0xffff },
  s16: { min: -0x8000, max: 0x7fff },
  u32: { min: 0, max: 0xffff_ffff },
  s32: { min: -0x8000_0000, max: 0x7fff_ffff },
  f32: { min: -3.4e38, max: 3.4e38 },
};

/** A double has 15 good digits; cutting here turns 23.400000000000002 into 23.4. */
const VALUE_DIGITS = 12;

/** Fewer where the value shares its register. */
export function rawRangeOf({ type, bits }: NumberFormat): { readonly min: number; readonly max: number } {
  return bits === undefined ? rawRange[type] : { min: 0, max: maskOf(bits) };
}

/** How many addresses a value takes. */
export function widthOf(type: PointType): 1 | 2 {
  return type === "u32" || type === "s32" || type === "f32" ? 2 : 1;
}

export function decodePoint(point: ModbusPoint, words: Words): PointValue {
  const raw = rawFromWords(point, words);
  const invalid = { capability: point.capability, quality: "invalid" } as const;
  if (!Number.isFinite(raw) || point.invalid.includes(raw)) return invalid;
  const value = valueFromRaw(point, raw);
  if (value === null) return invalid;
  if (point.range !== undefined && (value < point.range.min || value > point.range.max)) return invalid;
  return { capability: point.capability, quality: "good", value };
}

/** Refuses what the register cannot say, and what it would say as "no value". */
export function encodePoint(point: ModbusPoint, value: number): Result<Words, "out-of-range"> {
  const exact = point.enum === undefined ? (value - point.offset) / point.scale : namedRaw(point, value);
  const raw = point.type === "f32" ? Math.fround(exact) : Math.round(exact);
  const { min, max } = rawRangeOf(point);
  if (!(raw >= min && raw <= max) || point.invalid.includes(raw)) return fail("out-of-range");
  return ok(wordsFromRaw(point, raw));
}

/** How far apart two readings of the same setting may be: half a step of the register. */
export function toleranceOf(point: ModbusPoint): number {
  const step = Math.abs(point.scale);
  return point.type === "f32" ? step * 1e-3 : step * 0.501;
}

/** NaN where the words are missing or say NaN. */
export function rawFromWords(format: NumberFormat, words: Words): number {
  const first = words[0] ?? Number.NaN;
  const second = words[1] ?? Number.NaN;
  const [high, low] = format.wordOrder === "high-first" ? [first, second] : [second, first];
  switch (format.type) {
    case "bit":
      return format.bit === undefined || Number.isNaN(first) ? first : (first >> format.bit) & 1;
    case "u16":
      return format.bits === undefined ? first : (first >> format.bits.first) & maskOf(format.bits);
    case "s16":
      return first >= 0x8000 ? first - 0x1_0000 : first;
    case "u32":
      return high * 0x1_0000 + low;
    case "s32":
      return high >= 0x8000 ? high * 0x1_0000 + low - 0x1_0000_0000 : high * 0x1_0000 + low;
    case "f32":
      return floatOf(high, low);
  }
}

export function wordsFromRaw(format: NumberFormat, raw: number): Words {
  switch (format.type) {
    case "bit":
      return [format.bit === undefined ? raw : raw << format.bit];
    case "u16":
      return [format.bits === undefined ? raw : raw << format.bits.first];
    case "s16":
      return [raw & 0xffff];
    case "u32":
    case "s32":
      return inOrder(format, Math.floor(raw / 0x1_0000) & 0xffff, raw & 0xffff);
    case "f32": {
      const view = new DataView(new ArrayBuffer(4));
      view.setFloat32(0, raw);
      return inOrder(format, view.getUint16(0), view.getUint16(2));
    }
  }
}

export function maskOf({ first, last }: Bits): number {
  return (1 << (last - first + 1)) - 1;
}

/** NaN, which no register holds, for a value that has no name. */
function namedRaw(point: ModbusPoint, value: number): number {
  return Number(point.enum?.find((entry) => entry.value === value)?.raw ?? Number.NaN);
}

function valueFromRaw(point: ModbusPoint, raw: number): number | null {
  if (point.enum !== undefined) return point.enum.find((entry) => entry.raw === raw)?.value ?? null;
  if (point.scale === 1 && point.offset === 0) return raw;
  return Number((raw * point.scale + point.offset).toPrecision(VALUE_DIGITS));
}

function floatOf(high: number, low: number): number {
  if (Number.isNaN(high) || Number.isNaN(low)) return Number.NaN;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, high);
  view.setUint16(2, low);
  return view.getFloat32(0);
}

function inOrder(format: NumberFormat, high: number, low: number): Words {
  return format.wordOrder === "high-first" ? [high, low] : [low, high];
}
