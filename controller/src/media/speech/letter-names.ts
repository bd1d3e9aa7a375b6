import type { WordTable } from "./word-table.ts";

/** One syllable each, as letters are named on the air. */
const names: WordTable = {
  a: "a",
  ă: "á",
  â: "ớ",
  b: "bê",
  c: "xê",
  d: "dê",
  đ: "đê",
  e: "e",
  ê: "ê",
  f: "ép",
  g: "giê",
  h: "hát",
  i: "i",
  j: "gi",
  k: "ca",
  l: "lờ",
  m: "mờ",
  n: "nờ",
  o: "o",
  ô: "ô",
  ơ: "ơ",
  p: "pê",
  q: "quy",
  r: "rờ",
  s: "ét",
  t: "tê",
  u: "u",
  ư: "ư",
  v: "vê",
  w: "vê kép",
  x: "ích",
  y: "i dài",
  z: "dét",
};

/** `BCĐ` is «bê xê đê». What has no name here is left out. */
export function spellOut(letters: string): string {
  return [...letters.toLocaleLowerCase("vi")].flatMap((letter) => names[letter] ?? []).join(" ");
}
