import { sayWhole } from "../number-words.ts";
import { found, NO_WORD_AFTER, NO_WORD_BEFORE, type Reader, sticky } from "../place.ts";

const HOUR = String.raw`(\d{1,2})`;
const MINUTE = String.raw`([0-5]\d)`;
/** 5h, 17h30, 17h30', 17 giờ 05 phút, 7g30, 05:00, 05:00:00 */
const forms = [
  `${HOUR} ?[hH](?: ?${MINUTE}(?: ?(?:phút|[p']))?)?`,
  `${HOUR}g${MINUTE}`,
  `${HOUR}g(?= (?:sáng|trưa|chiều|tối|đêm))`,
  `${HOUR}\\s*giờ\\s*${MINUTE}(?:\\s*phút)?`,
  `${HOUR}:${MINUTE}(?::([0-5]\\d))?`,
].map((form) => sticky(`${NO_WORD_BEFORE}${form}${NO_WORD_AFTER}`));

const LAST_HOUR = 24;

export const readTime: Reader = (place) => {
  for (const form of forms) {
    const [all, hour, minute, second] = found(form, place) ?? [];
    if (all === undefined || hour === undefined) continue;
    // Of hours alone there may be more than a day has: «trong 48h».
    if (minute !== undefined && Number(hour) > LAST_HOUR) return null;
    const said = [`${sayWhole(hour, place.words)} giờ`];
    if (Number(minute ?? 0) > 0 || Number(second ?? 0) > 0)
      said.push(`${sayWhole(minute ?? "0", place.words)} phút`);
    if (Number(second ?? 0) > 0) said.push(`${sayWhole(second ?? "0", place.words)} giây`);
    return { length: all.length, spoken: said.join(" ") };
  }
  return null;
};
