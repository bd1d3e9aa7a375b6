import type { NumberWords } from "./dialect.ts";

const digitWords = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"] as const;

/** Nobody follows a longer one by its millions; it is read digit by digit. */
const MAX_COUNTED_DIGITS = 15;

/** A whole number without separators: `1005` is «một nghìn không trăm linh năm». */
export function sayWhole(digits: string, words: NumberWords): string {
  const plain = digits.replace(/^0+(?=\d)/, "");
  if (plain.length > MAX_COUNTED_DIGITS) return sayDigits(plain);
  return plain === "0" ? "không" : sayGroups(plain, words);
}

/** `0912` is «không chín một hai». */
export function sayDigits(digits: string): string {
  return [...digits].map((digit) => digitWords[Number(digit)] ?? digit).join(" ");
}

/** What stands behind the comma: up to two digits as a number, more of them one by one. */
export function sayFraction(digits: string, words: NumberWords): string {
  return digits.length > 2 || digits.startsWith("0") ? sayDigits(digits) : sayWhole(digits, words);
}

/** After «thứ»: «thứ nhất», «thứ tư», and otherwise the number. */
export function sayOrdinal(digits: string, words: NumberWords): string {
  const number = Number(digits);
  if (number === 1) return "nhất";
  return number === 4 ? "tư" : sayWhole(digits, words);
}

/** A day of the month after «ngày»: the first ten are «mùng». */
export function sayDayOfMonth(day: number, words: NumberWords): string {
  const said = sayWhole(String(day), words);
  return day <= 10 ? `mùng ${said}` : said;
}

export function sayMonth(month: number, words: NumberWords): string {
  return month === 4 ? "tư" : sayWhole(String(month), words);
}

function sayGroups(plain: string, words: NumberWords): string {
  const groups = groupsOf(plain);
  const said: string[] = [];
  for (const [index, group] of groups.entries()) {
    if (Number(group) === 0) continue;
    const scale = scaleOf(groups.length - 1 - index, groups[index + 1] ?? "0", words);
    said.push(sayHundreds(group, index === 0, words), scale);
  }
  return said.filter((one) => one !== "").join(" ");
}

function groupsOf(plain: string): readonly string[] {
  const first = plain.length % 3 || 3;
  return [plain.slice(0, first), ...(plain.slice(first).match(/\d{3}/g) ?? [])];
}

/** Thousands of milliards share their «tỷ» with the milliards that follow: «năm nghìn hai trăm tỷ». */
function scaleOf(power: number, next: string, { thousand }: NumberWords): string {
  if (power === 4) return Number(next) > 0 ? thousand : `${thousand} tỷ`;
  return ["", thousand, "triệu", "tỷ"][power] ?? "";
}

/** Up to three digits; inside of a number the hundreds are said even where there are none. */
function sayHundreds(group: string, isFirst: boolean, words: NumberWords): string {
  const [hundreds = 0, tens = 0, units = 0] = [...group.padStart(3, "0")].map(Number);
  const said: string[] = [];
  if (hundreds > 0 || !isFirst) said.push(`${digitWords[hundreds]} trăm`);
  if (tens > 1) said.push(`${digitWords[tens]} mươi`);
  else if (tens === 1) said.push("mười");
  else if (units > 0 && said.length > 0) said.push(words.and);
  const unit = sayUnit(tens, units);
  if (unit !== null) said.push(unit);
  return said.join(" ");
}

function sayUnit(tens: number, units: number): string | null {
  if (units === 0) return null;
  if (units === 5 && tens > 0) return "lăm";
  if (tens > 1 && units === 1) return "mốt";
  if (tens > 1 && units === 4) return "tư";
  return digitWords[units] ?? null;
}
