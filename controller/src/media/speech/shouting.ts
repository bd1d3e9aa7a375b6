import type { Place } from "./place.ts";

/** Sentences, headings and lines end here. */
const ends = /[\n!?:;,]|\.\s/u;
const MIN_SHOUTED_WORDS = 2;
const WINDOW_CHARS = 200;

/**
 * Whether the capitals at the place are those of a whole sentence or heading, or of words beside them: there «CA» is a
 * word, and elsewhere the police.
 */
export function isShouted({ text, at }: Place, length: number): boolean {
  const before =
    text
      .slice(Math.max(0, at - WINDOW_CHARS), at)
      .split(ends)
      .at(-1) ?? "";
  const behind = text.slice(at + length, at + length + WINDOW_CHARS).split(ends)[0] ?? "";
  const words = `${before} ${behind}`.match(/\p{L}{2,}/gu) ?? [];
  const shouted = words.filter((word) => word === word.toLocaleUpperCase("vi"));
  return shouted.length >= MIN_SHOUTED_WORDS && shouted.length * 2 > words.length;
}
