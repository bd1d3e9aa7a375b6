import { spellOut } from "../letter-names.ts";
import { sayDigits } from "../number-words.ts";
import {
  found,
  NO_WORD_AFTER,
  NO_WORD_BEFORE,
  type Place,
  type Reader,
  sticky,
  writtenBefore,
} from "../place.ts";

/** 0912 345 678, 0258.3822.111, (0258) 3822 111, +84 912 345 678 */
const phone = sticky(
  `(?<![\\p{L}\\p{N}.,])\\(?(?:\\+84|0)\\d{0,10}\\)?(?:[ .-]?\\d{2,4}){0,4}${NO_WORD_AFTER}`,
);
/** 1900 1234, 1800.1091 */
const callCentre = sticky(`${NO_WORD_BEFORE}1[89]00(?:[ .-]?\\d{2,4}){1,3}${NO_WORD_AFTER}`);
const shortNumber = sticky(
  `${NO_WORD_BEFORE}11[1-9](?=\\s*(?:$|[;:!?)(]|[,./](?!\\d)|(?:hoặc|hay|và|để|khi|nếu|của|nhằm|ngay)(?![\\p{L}])))`,
);
/** 79A-123.45, 79-C1 123.45 */
const plate = sticky(
  `${NO_WORD_BEFORE}(\\d{2})-?(\\p{Lu}{1,2}\\d?)[- ](\\d{3}\\.?\\d{2}|\\d{4})${NO_WORD_AFTER}`,
);
/** Numbers of cards and accounts, which nothing is counted by. */
const longNumber = sticky(
  `${NO_WORD_BEFORE}\\d{10,}${NO_WORD_AFTER}(?!\\s*(?:đồng|đ|vnđ|người|hộ)(?!\\p{L}))`,
);

/** What is said before «113», so that it is no number of cases. */
const calls =
  /(?:gọi|báo|điện thoại|đường dây nóng|hotline|tổng đài|liên hệ|số máy|sđt|đt)(?![\p{L}])[^.!?\n]*$|số$/u;
const CONTEXT_CHARS = 120;

export const readPhone: Reader = (place) => {
  const [all] = found(phone, place) ?? [];
  if (all === undefined) return null;
  const count = all.replace(/\D/g, "").length;
  // +84 stands for the 0.
  const isPhone = all.includes("+84") ? count === 11 || count === 12 : count === 10 || count === 11;
  if (!isPhone) return null;
  const national = all.replace(/^\(?\+84\)?[ .-]?/, "0");
  return { length: all.length, spoken: sayInGroups(national) };
};

export const readCallCentre: Reader = (place) => {
  const [all] = found(callCentre, place) ?? [];
  return all === undefined
    ? null
    : { length: all.length, spoken: sayInGroups(all.replace(/^\d{4}(?=\d)/, "$& ")) };
};

export const readPlate: Reader = (place) => {
  const [all, province, letters, digits] = found(plate, place) ?? [];
  if (all === undefined || province === undefined || letters === undefined || digits === undefined)
    return null;
  const runs = letters.match(/\d|\p{Lu}+/gu) ?? [];
  const series = runs.map((run) => (/\d/.test(run) ? sayDigits(run) : spellOut(run)));
  const spoken = `${sayDigits(province)} ${series.join(" ")}, ${sayDigits(digits.replace(/\D/g, ""))}`;
  return { length: all.length, spoken };
};

export const readShortNumber: Reader = (place) => {
  const [all] = found(shortNumber, place) ?? [];
  return all === undefined || !isCalled(place) ? null : { length: all.length, spoken: sayDigits(all) };
};

export const readLongNumber: Reader = (place) => {
  const [all] = found(longNumber, place) ?? [];
  return all === undefined ? null : { length: all.length, spoken: sayInGroups(all) };
};

function isCalled(place: Place): boolean {
  return calls.test(writtenBefore(place, CONTEXT_CHARS));
}

/** A breath where a space was written, and in long runs after each third digit, as people say them. */
function sayInGroups(written: string): string {
  const groups = written.split(/\D+/).filter((one) => one !== "");
  const [only = ""] = groups;
  const all = groups.length > 1 ? groups : [only.slice(0, 4), ...(only.slice(4).match(/\d{1,3}/g) ?? [])];
  return all.map(sayDigits).join(", ");
}
