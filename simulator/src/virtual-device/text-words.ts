import type { TextIdentify, TextPoint } from "@loa/shared/device/profile-text.ts";
import { decodeText, encodeText } from "@loa/shared/device/text-point.ts";
import type { Readings } from "./panel.ts";

/** What a virtual device says: its readings as the words and lines of a text profile. */

/** In holes that no point of the profile fills. */
const FILLER = "0";
/** Where the profile has no number for "no value". */
const NO_VALUE = "---";

/** A point and the pattern in which it is said: an answer, or a line that comes unasked. */
export interface SaidPoint {
  readonly point: TextPoint;
  readonly pattern: string;
}

/** The lines that say these points. Those whose patterns differ only in where their value stands share one line. */
export function linesOf(said: readonly SaidPoint[], readings: Readings, unit: string): readonly string[] {
  const shapes = new Map<string, SaidPoint[]>();
  for (const each of said) {
    const shape = each.pattern.replaceAll(hole, "{any}");
    shapes.set(shape, [...(shapes.get(shape) ?? []), each]);
  }
  return [...shapes].map(([shape, members]) => {
    let index = 0;
    const line = shape.replaceAll("{any}", () => {
      const here = members.filter(({ pattern }) => holesIn(pattern)[index] === "value");
      index += 1;
      return here.length === 0
        ? FILLER
        : sharedWord(
            here.map(({ point }) => point),
            readings,
          );
    });
    return line.replaceAll("{unit}", unit);
  });
}

/** The word for a value, cut to what the device can show. Null: as it says that it has none. */
export function wordOf(point: TextPoint, value: number | null): string {
  if (value === null) {
    const [raw] = point.enum === undefined ? point.invalid : [];
    return raw === undefined ? NO_VALUE : (encodeText(point, raw * point.scale + point.offset) ?? NO_VALUE);
  }
  const { min, max } = point.range ?? { min: value, max: value };
  return encodeText(point, Math.min(max, Math.max(min, value))) ?? `${point.enum?.[0]?.raw ?? FILLER}`;
}

/** A word by which the profile knows the device. */
export function rightWord({ expect }: TextIdentify, models: readonly string[]): string {
  if ("oneOf" in expect) return expect.oneOf[0] ?? "";
  if ("between" in expect) return `${Math.ceil((expect.between.min + expect.between.max) / 2)}`;
  return models.find((model) => model.startsWith(expect.startsWith)) ?? expect.startsWith;
}

/** A word that it does not know, of the same length where it is a word. */
export function wrongWord({ expect }: TextIdentify): string {
  if ("between" in expect) return `${Math.ceil(expect.between.max) + 1}`;
  const right = "oneOf" in expect ? (expect.oneOf[0] ?? "") : expect.startsWith;
  return right.replace(/./g, (character) => (character === "X" ? "Z" : "X"));
}

const hole = /\{(value|any)\}/g;

function holesIn(pattern: string): readonly string[] {
  return [...pattern.matchAll(hole)].map(([, name = ""]) => name);
}

/** Several points may be read from one word (00 is neither hot nor overloaded): the one that fits most of them. */
function sharedWord(points: readonly TextPoint[], readings: Readings): string {
  const words = points.flatMap((point) => [
    wordOf(point, readings[point.capability] ?? null),
    ...(point.enum ?? []).map(({ raw }) => `${raw}`),
  ]);
  const fits = (word: string) =>
    points.filter(
      (point) => wordOf(point, valueIn(point, word)) === wordOf(point, readings[point.capability] ?? null),
    ).length;
  return words.reduce((best, word) => (fits(word) > fits(best) ? word : best));
}

function valueIn(point: TextPoint, word: string): number | null {
  const decoded = decodeText(point, word);
  return decoded.quality === "good" ? decoded.value : null;
}
