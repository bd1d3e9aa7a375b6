import { sayDigits, sayWhole } from "../number-words.ts";
import {
  found,
  isAfterValue,
  NO_WORD_AFTER,
  type Place,
  type Reader,
  sticky,
  wordBefore,
  writtenBefore,
} from "../place.ts";
import { perWords, units } from "../unit-words.ts";
import { entryOf } from "../word-table.ts";

const MAX_ROMAN_CHARS = 8;
const dash = sticky(String.raw`\s*[-–—−]\s*`);
const slashYear = sticky(`/((?:19|20)\\d{2})${NO_WORD_AFTER}`);
const slash = sticky(String.raw`\s*/\s*([\p{L}²³]+\d?)?`);
const dots = sticky(String.raw`…|\.{2,}`);
/** Of «T.5» and «PM2.5»: no sentence ends there. */
const inner = sticky(String.raw`(?<=[\p{Lu}\d])\.(?=\d)`);
const anything = sticky(
  String.raw`\p{Extended_Pictographic}[\p{Extended_Pictographic}\p{M}\u200d\u{1F3FB}-\u{1F3FF}]*|[^]`,
);

const spokenMarks: Readonly<Record<string, string>> = {
  ".": ". ",
  "!": ". ",
  "?": "? ",
  ",": ", ",
  ";": ", ",
  ":": ": ",
  "(": ", ",
  ")": ", ",
  "[": ", ",
  "]": ", ",
  "{": ", ",
  "}": ", ",
  "&": " và ",
  "+": " cộng ",
  "=": " bằng ",
  "×": " nhân ",
  "~": " khoảng ",
  "≥": " từ ",
  "≤": " không quá ",
  ">": " trên ",
  "<": " dưới ",
  "±": " cộng trừ ",
  "%": " phần trăm ",
  "\n": "\n",
};
/** They only adorn. */
const silent = /[\s"'“”‘’«»„*_#|`^·•]/u;

export const readDash: Reader = (place) => {
  const [all] = found(dash, place) ?? [];
  if (all === undefined || !/^[^\S\n]*[-–—−]/u.test(all)) return null;
  const next = place.text.slice(place.at + all.length, place.at + all.length + 1);
  const before = writtenBefore(place);
  const isValueNext = /\d/.test(next);
  // Of two coordinates one is no range.
  if (/°[nb]$/.test(before)) return { length: all.length, spoken: ", " };
  if ((isValueNext && isAfterValue(place)) || isBetweenRomans(place, all.length))
    return { length: all.length, spoken: " đến " };
  // The sign of a number: «hôm nay -5 độ».
  if (isValueNext && /\s[-−]$/u.test(all)) return null;
  if (/^\s|\s$/u.test(all) || before === "") return { length: all.length, spoken: ", " };
  return { length: all.length, spoken: " " };
};

/** «300 mm/đợt», «quý IV/2026», «45/60», «ông/bà» */
export const readSlash: Reader = (place) => {
  const [ofYear, year] = found(slashYear, place) ?? [];
  if (ofYear !== undefined && year !== undefined)
    return { length: ofYear.length, spoken: ` năm ${sayWhole(year, place.words)}` };
  const [all, next] = found(slash, place) ?? [];
  if (all === undefined) return null;
  const isBetweenNumbers = /\d$/.test(writtenBefore(place)) && next === undefined;
  if (isBetweenNumbers) return { length: all.length, spoken: " trên " };
  const counted = perOf(next ?? "", place);
  if (counted !== null) return { length: all.length, spoken: ` mỗi ${counted}` };
  return { length: all.length - (next?.length ?? 0), spoken: ", " };
};

export const readDots: Reader = (place) => {
  const [all] = found(dots, place) ?? [];
  if (all !== undefined) return { length: all.length, spoken: ", " };
  if (found(inner, place) === null) return null;
  return { length: 1, spoken: /\d$/.test(writtenBefore(place)) ? " chấm " : " " };
};

/** One character, whatever it is: so the reading always goes on. */
export const readMark: Reader = (place) => {
  const [all = ""] = found(anything, place) ?? [];
  const length = Math.max(1, all.length);
  const spoken = spokenMarks[all];
  if (spoken !== undefined) return { length, spoken };
  // Whatever a number was part of: not one digit is lost.
  if (/\d/.test(all)) return { length, spoken: ` ${sayDigits(all)} ` };
  if (silent.test(all)) return { length, spoken: " " };
  return { length, spoken: " ", notice: { kind: "left-out", written: all, spoken: "" } };
};

/** «báo động II-III» */
function isBetweenRomans({ text, at }: Place, length: number): boolean {
  const before = text.slice(Math.max(0, at - MAX_ROMAN_CHARS), at);
  const behind = text.slice(at + length, at + length + MAX_ROMAN_CHARS);
  return /(?<!\p{L})[IVX]+$/u.test(before) && /^[IVX]+(?!\p{L})/u.test(behind);
}

/** What it is counted by: a unit, or one of the words for it. */
function perOf(next: string, place: Place): string | null {
  if (next === "") return null;
  if (next === "h") return "giờ";
  const isMeasured = wordBefore(place) !== "" || /\d$|[²³%]$/u.test(writtenBefore(place));
  if (!isMeasured) return null;
  return perWords.has(next) ? next : (entryOf(units, next) ?? null);
}
