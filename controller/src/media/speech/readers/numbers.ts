import type { NumberWords } from "../dialect.ts";
import { sayDayOfMonth, sayFraction, sayMonth, sayOrdinal, sayWhole } from "../number-words.ts";
import {
  found,
  isAfterValue,
  NO_WORD_AFTER,
  NO_WORD_BEFORE,
  type Reader,
  sticky,
  wordBefore,
} from "../place.ts";
import { units } from "../unit-words.ts";

/** 1.234.567,8 · 1,234,567 · 1.234 · 3,5 · 3.5 · 17 */
const NUMBER = String.raw`\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}|\d+[.,]\d+|\d+`;
const LIST = String.raw`\d{1,3}(?:,\d{1,3}){2,}`;

const signs: Readonly<Record<string, string>> = { "-": "âm ", "−": "âm ", "+": "cộng ", "±": "cộng trừ " };

const unitPattern = Object.keys(units)
  .sort((a, b) => b.length - a.length)
  .map((unit) => unit.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  .join("|");

const list = sticky(`${NO_WORD_BEFORE}(${LIST})${NO_WORD_AFTER}`);
const number = sticky(`(?:(?<![^\\s(])([-−+±]))?${NO_WORD_BEFORE}(${NUMBER})`);
const unit = sticky(`[ ]?(${unitPattern})${NO_WORD_AFTER}`);
const ends = sticky(NO_WORD_AFTER);

/** «thôn 1,2,3»: not a number at all, unless it counts in thousands. */
export const readList: Reader = (place) => {
  const [all, numbers] = found(list, place) ?? [];
  if (all === undefined || numbers === undefined || /^\d{1,3}(?:,\d{3})+$/.test(numbers)) return null;
  const said = numbers.split(",").map((one) => sayWhole(one, place.words));
  return { length: all.length, spoken: said.join(", ") };
};

/** With its sign and its unit. */
export const readNumber: Reader = (place) => {
  const [all, sign, digits] = found(number, place) ?? [];
  if (all === undefined || digits === undefined) return null;
  // 5 -10 is no «minus ten»; the dash is read by itself then.
  if (sign !== undefined && isAfterValue(place)) return null;
  const behind = { ...place, at: place.at + all.length };
  const [written, name] = found(unit, behind) ?? [];
  if (written === undefined && found(ends, behind) === null) return null;
  const said = [(signs[sign ?? ""] ?? "") + sayInPlace(digits, wordBefore(place), behind, place.words)];
  if (name !== undefined) said.push(units[name] ?? "");
  return { length: all.length + (written?.length ?? 0), spoken: said.join(" ") };
};

/** As the word before it wants: «thứ tư», «tháng tư», «ngày mùng hai tháng chín». */
function sayInPlace(
  digits: string,
  before: string,
  { text, at }: { readonly text: string; readonly at: number },
  words: NumberWords,
): string {
  if (!/^\d{1,2}$/.test(digits)) return sayNumber(digits, words);
  if (before === "thứ") return sayOrdinal(digits, words);
  if (before === "tháng") return sayMonth(Number(digits), words);
  const isDay = before === "ngày" && /^\s+tháng\s/iu.test(text.slice(at, at + 10));
  return isDay ? sayDayOfMonth(Number(digits), words) : sayWhole(digits, words);
}

/** Points and commas as Vietnam writes them, and as software does. */
export function sayNumber(written: string, words: NumberWords): string {
  if (/^\d+$/.test(written)) return sayWhole(written, words);
  if (/^\d{1,3}(?:,\d{3}){2,}$/.test(written)) return sayWhole(written.replaceAll(",", ""), words);
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(written)) {
    const [whole = "", fraction] = written.replaceAll(".", "").split(",");
    return sayWhole(whole, words) + (fraction === undefined ? "" : ` phẩy ${sayFraction(fraction, words)}`);
  }
  const [whole = "", fraction = ""] = written.split(/[.,]/);
  // «sóng cao 2,0 mét»: nobody says the nought.
  if (fraction === "0") return sayWhole(whole, words);
  const mark = written.includes(",") ? "phẩy" : "chấm";
  return `${sayWhole(whole, words)} ${mark} ${sayFraction(fraction, words)}`;
}
