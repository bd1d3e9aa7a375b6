import type { NumberWords } from "./dialect.ts";

/** Where the reading has come to. */
export interface Place {
  /** All of the text, as it was written. */
  readonly text: string;
  readonly at: number;
  readonly words: NumberWords;
}

/** What of the text was read, and what is said for it. */
export interface Reading {
  readonly length: number;
  readonly spoken: string;
  readonly notice?: SpeechNotice;
}

/** What the author is told: the voice may not say what was meant. */
export interface SpeechNotice {
  /** `spelled`: letter by letter. `left-out`: not said at all. `foreign`: no Vietnamese word, so it is read by luck. */
  readonly kind: (typeof noticeKinds)[number];
  readonly written: string;
  /** Empty for what is left out. */
  readonly spoken: string;
}
export const noticeKinds = ["spelled", "left-out", "foreign"] as const;

/** Reads one kind of thing; null where there is none at this place. */
export type Reader = (place: Place) => Reading | null;

/** Nothing that a word or a number goes on with. */
export const NO_WORD_BEFORE = "(?<![\\p{L}\\p{M}\\p{N}])";
export const NO_WORD_AFTER = "(?![\\p{L}\\p{M}\\p{N}])";

/** Looks for the pattern exactly at the place. */
export function found(pattern: RegExp, { text, at }: Place): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

export function sticky(source: string): RegExp {
  return new RegExp(source, "uy");
}

/** What was written just before the place, in lower case and without the spaces next to it. */
export function writtenBefore({ text, at }: Place, chars = 40): string {
  return text
    .slice(Math.max(0, at - chars), at)
    .toLocaleLowerCase("vi")
    .trimEnd();
}

/** A number, maybe with one short word behind it: «5 - 10», «5 giờ - 7 giờ», «7h-9h». */
const value = /\d[%°]?\s*\p{L}{0,5}$/u;

/** Whether a dash here is «to», and no minus. */
export function isAfterValue(place: Place): boolean {
  return value.test(writtenBefore(place));
}

export function wordBefore(place: Place): string {
  return /[\p{L}\p{M}]+$/u.exec(writtenBefore(place))?.[0] ?? "";
}
