import { sayOrdinal, sayWhole } from "../number-words.ts";
import { found, NO_WORD_AFTER, NO_WORD_BEFORE, type Reader, sticky, wordBefore } from "../place.ts";
import { romanValue } from "../roman.ts";

const letters = sticky(`${NO_WORD_BEFORE}[IVX]+${NO_WORD_AFTER}`);

/** Behind these a single letter is a number: «Khu vực I», «Quý V». */
const numbered: ReadonlySet<string> = new Set(
  "vực quý khóa khoá kỳ thứ hội chương phần mục loại cấp hạng nhóm đợt đoạn kỷ tập vùng bậc mức động tuyến phiên".split(
    " ",
  ),
);

export const readRoman: Reader = (place) => {
  const [all] = found(letters, place) ?? [];
  if (all === undefined) return null;
  const before = wordBefore(place);
  const value = romanValue(all);
  if (value === null || (all.length === 1 && !numbered.has(before))) return null;
  const say = before === "thứ" ? sayOrdinal : sayWhole;
  return { length: all.length, spoken: say(String(value), place.words) };
};
