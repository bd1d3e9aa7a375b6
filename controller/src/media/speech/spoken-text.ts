import { type Dialect, numberWords } from "./dialect.ts";
import type { Reader, SpeechNotice } from "./place.ts";
import { plainWriting } from "./plain-writing.ts";
import { readDayOfYear, readDays, readFullDate, readMonthOfYear } from "./readers/dates.ts";
import { readDocumentNumber } from "./readers/documents.ts";
import { readLink } from "./readers/links.ts";
import { readDash, readDots, readMark, readSlash } from "./readers/marks.ts";
import { readList, readNumber } from "./readers/numbers.ts";
import { readCallCentre, readLongNumber, readPhone, readPlate, readShortNumber } from "./readers/phones.ts";
import { readRoman } from "./readers/romans.ts";
import { readTime } from "./readers/times.ts";
import {
  readAndSoOn,
  readDottedLetter,
  readJoined,
  readMixed,
  readRoad,
  readSign,
  readWord,
} from "./readers/words.ts";

/** A text as it is said: words and the marks that make pauses, nothing else. */
export interface Spoken {
  readonly text: string;
  /** What the author should look at, each once, in the order of the text. */
  readonly notices: readonly SpeechNotice[];
}

/** Nobody reads a longer list. */
const MAX_NOTICES = 30;

/** At each place the first that knows what stands there reads it: dates before numbers, names before letters. */
const readers: readonly Reader[] = [
  readLink,
  readDocumentNumber,
  readFullDate,
  readDays,
  readDayOfYear,
  readMonthOfYear,
  readTime,
  readPhone,
  readPlate,
  readCallCentre,
  readShortNumber,
  readLongNumber,
  readList,
  readNumber,
  readRoman,
  readSign,
  readRoad,
  readAndSoOn,
  readJoined,
  readDottedLetter,
  readMixed,
  readWord,
  readDash,
  readSlash,
  readDots,
  readMark,
];

/** How a text is read aloud. */
export function spokenText(written: string, dialect: Dialect): Spoken {
  const text = plainWriting(written);
  const words = numberWords[dialect];
  const said: string[] = [];
  const notices = new Map<string, SpeechNotice>();
  let at = 0;
  while (at < text.length) {
    const place = { text, at, words };
    const reading = firstReading(place);
    said.push(reading.spoken);
    at += reading.length;
    const { notice } = reading;
    if (notice !== undefined && notices.size < MAX_NOTICES)
      notices.set(`${notice.kind} ${notice.written}`, notice);
  }
  return { text: tidied(said.join("")), notices: [...notices.values()] };
}

function firstReading(place: Parameters<Reader>[0]) {
  for (const read of readers) {
    const reading = read(place);
    if (reading !== null) return reading;
  }
  return { length: 1, spoken: "", notice: undefined };
}

/** One space, one mark, a capital at each beginning. */
function tidied(said: string): string {
  return said
    .split("\n")
    .map((line) =>
      line
        .replace(/\s+/gu, " ")
        .replace(/\s+([,.:?])/gu, "$1")
        .replace(/[,.:?]{2,}/gu, strongest)
        .replace(/([,.:?])(?=\p{L})/gu, "$1 ")
        .replace(/^[\s,.:?]+|[\s,:]+$/gu, ""),
    )
    .filter((line) => line !== "")
    .join("\n")
    .replace(
      /(^|[.?\n]\s*)(\p{Ll})/gu,
      (_, before: string, letter: string) => before + letter.toLocaleUpperCase("vi"),
    );
}

function strongest(marks: string): string {
  return [..."?.:"].find((mark) => marks.includes(mark)) ?? ",";
}
