import { fail, ok, type Result } from "../kernel/result.ts";
import type { PointValue } from "./capability.ts";
import type { TextPoint, TextProfile } from "./profile-text.ts";
import { fillPattern, matchPattern } from "./text-pattern.ts";

/** Values ↔ what stands in the lines of a text device. Lines here are without their ends. */

const VALUE_DIGITS = 12;

/** What a line says about a point; null when it is about something else. */
export function decodeLine(
  point: TextPoint,
  pattern: string | undefined,
  line: string,
  unit?: string,
): PointValue | null {
  const text = pattern === undefined ? null : matchPattern(pattern, line, unit);
  return text === null ? null : decodeText(point, text.trim());
}

/** The whole command without its line end; refuses what the profile does not allow. */
export function writeCommand(
  point: TextPoint,
  value: number,
  unit?: string,
): Result<string, "not-supported"> {
  const { write } = point;
  if (write === undefined || !(value >= write.min && value <= write.max)) return fail("not-supported");
  const text = encodeText(point, value);
  return text === null ? fail("not-supported") : ok(fillPattern(write.command, { value: text, unit }));
}

/** How far apart two readings of the same setting may be: half a step of the number. */
export function textToleranceOf(point: TextPoint): number {
  return Math.abs(point.scale) * 0.501;
}

/** Splits what came into whole lines and the rest. With an empty `replyEnd` all of it is one line. */
export function takeLines(
  { dialogue }: Pick<TextProfile, "dialogue">,
  received: string,
): { readonly lines: readonly string[]; readonly rest: string } {
  if (dialogue.replyEnd === "") return { lines: received === "" ? [] : [received], rest: "" };
  const parts = received.split(dialogue.replyEnd);
  return { lines: parts.slice(0, -1), rest: parts.at(-1) ?? "" };
}

export function decodeText(point: TextPoint, text: string): PointValue {
  const invalid = { capability: point.capability, quality: "invalid" } as const;
  const value = point.enum === undefined ? numberOf(point, text) : namedValue(point, text);
  if (value === null) return invalid;
  if (point.range !== undefined && (value < point.range.min || value > point.range.max)) return invalid;
  return { capability: point.capability, quality: "good", value };
}

/** A number that the device sends where it has nothing to say: an answer, but no value. */
export function isNoValue(point: TextPoint, text: string): boolean {
  return point.enum === undefined && point.invalid.includes(rawOf(point, text) ?? Number.NaN);
}

export function encodeText(point: TextPoint, value: number): string | null {
  if (point.enum !== undefined) {
    const raw = point.enum.find((entry) => entry.value === value)?.raw;
    return raw === undefined ? null : `${raw}`;
  }
  const raw = Math.round((value - point.offset) / point.scale);
  const { base = 10, digits = 0 } = point.number ?? {};
  if (!Number.isFinite(raw) || (base === 16 && raw < 0)) return null;
  const text = Math.abs(raw).toString(base).toUpperCase().padStart(digits, "0");
  return raw < 0 ? `-${text}` : text;
}

/** Words are compared as they stand; `raw: 1` and `raw: "01"` are different. */
function namedValue(point: TextPoint, text: string): number | null {
  return point.enum?.find((entry) => `${entry.raw}` === text)?.value ?? null;
}

function numberOf(point: TextPoint, text: string): number | null {
  const raw = rawOf(point, text);
  if (raw === null || point.invalid.includes(raw)) return null;
  return Number((raw * point.scale + point.offset).toPrecision(VALUE_DIGITS));
}

function rawOf(point: TextPoint, text: string): number | null {
  const { base = 10 } = point.number ?? {};
  const isNumber = base === 16 ? /^[0-9A-Fa-f]+$/.test(text) : /^[+-]?\d+(\.\d+)?$/.test(text);
  if (!isNumber) return null;
  return base === 16 ? Number.parseInt(text, 16) : Number(text);
}
