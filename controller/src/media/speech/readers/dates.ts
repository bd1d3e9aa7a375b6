import type { NumberWords } from "../dialect.ts";
import { sayDayOfMonth, sayMonth, sayWhole } from "../number-words.ts";
import {
  found,
  NO_WORD_AFTER,
  NO_WORD_BEFORE,
  type Place,
  type Reader,
  sticky,
  wordBefore,
} from "../place.ts";

const DAY = String.raw`(\d{1,2})`;
const day = sticky(`${NO_WORD_BEFORE}${DAY}([/.-])${DAY}\\2(\\d{4})${NO_WORD_AFTER}`);
const days = sticky(`${NO_WORD_BEFORE}${DAY}\\s*[-–]\\s*${DAY}/${DAY}(?:/(\\d{4}))?(?![\\p{L}\\p{N}/])`);
const dayOfYear = sticky(`${NO_WORD_BEFORE}${DAY}/${DAY}(?![\\p{L}\\p{N}/])`);
const monthOfYear = sticky(`${NO_WORD_BEFORE}${DAY}/(\\d{4})(?![\\p{L}\\p{N}/])`);

/** Behind these a half and a third are days. */
const beforeDates: ReadonlySet<string> = new Set(
  "ngày mùng mồng hôm sáng trưa chiều tối đêm từ đến hết trước sau dịp lễ nay mai".split(" "),
);
const fractions: ReadonlySet<string> = new Set(["1/2", "1/3", "2/3", "1/4", "3/4"]);
const numbersOfHouses: ReadonlySet<string> = new Set(["số", "nhà", "ngõ", "hẻm", "kiệt", "ngách", "lô"]);

/** 23/11/2026 */
export const readFullDate: Reader = (place) => {
  const [all, dayNo, , monthNo, year] = found(day, place) ?? [];
  if (all === undefined || !isDate(dayNo, monthNo)) return null;
  return { length: all.length, spoken: `${sayDate(place, dayNo, monthNo)} ${sayYear(year, place.words)}` };
};

/** 20-25/11 and 20-25/11/2026 */
export const readDays: Reader = (place) => {
  const [all, from, to, monthNo, year] = found(days, place) ?? [];
  if (all === undefined || !isDate(from, monthNo) || !isDate(to, monthNo)) return null;
  const first = `${prefixOf(place)}${sayDay(place, from)}`;
  const last = `${sayDayOfMonth(Number(to), place.words)} tháng ${sayMonth(Number(monthNo), place.words)}`;
  const tail = year === undefined ? "" : ` ${sayYear(year, place.words)}`;
  return { length: all.length, spoken: `${first} đến ${last}${tail}` };
};

/** 23/11; a half, a house number and «24/7» are something else. */
export const readDayOfYear: Reader = (place) => {
  const [all, dayNo, monthNo] = found(dayOfYear, place) ?? [];
  if (all === undefined || !isDate(dayNo, monthNo)) return null;
  const before = wordBefore(place);
  if (numbersOfHouses.has(before)) return null;
  if (!beforeDates.has(before)) {
    if (all === "24/7") return null;
    if (fractions.has(all)) return { length: all.length, spoken: sayPart(dayNo, monthNo, place.words) };
  }
  return { length: all.length, spoken: sayDate(place, dayNo, monthNo) };
};

/** 11/2026 */
export const readMonthOfYear: Reader = (place) => {
  const [all, monthNo, year] = found(monthOfYear, place) ?? [];
  const before = wordBefore(place);
  if (all === undefined || !isDate("1", monthNo) || numbersOfHouses.has(before) || before === "quý")
    return null;
  const prefix = before === "tháng" ? "" : "tháng ";
  const said = `${prefix}${sayMonth(Number(monthNo), place.words)} ${sayYear(year, place.words)}`;
  return { length: all.length, spoken: said };
};

function isDate(dayNo: string | undefined, monthNo: string | undefined): boolean {
  const [one, two] = [Number(dayNo), Number(monthNo)];
  return one >= 1 && one <= 31 && two >= 1 && two <= 12;
}

function sayDate(place: Place, dayNo = "", monthNo = ""): string {
  return `${prefixOf(place)}${sayDay(place, dayNo)} tháng ${sayMonth(Number(monthNo), place.words)}`;
}

function prefixOf(place: Place): string {
  return ["ngày", "mùng", "mồng"].includes(wordBefore(place)) ? "" : "ngày ";
}

function sayDay(place: Place, dayNo = ""): string {
  const isNamed = ["mùng", "mồng"].includes(wordBefore(place));
  return isNamed ? sayWhole(dayNo, place.words) : sayDayOfMonth(Number(dayNo), place.words);
}

function sayYear(year = "", words: NumberWords): string {
  return `năm ${sayWhole(year, words)}`;
}

function sayPart(part = "", whole = "", words: NumberWords): string {
  return `${sayWhole(part, words)} phần ${whole === "4" ? "tư" : sayWhole(whole, words)}`;
}
