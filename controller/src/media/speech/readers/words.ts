import { abbreviations, dottedLetters, knownForeign, roads } from "../abbreviations.ts";
import { spellOut } from "../letter-names.ts";
import { sayWhole } from "../number-words.ts";
import {
  found,
  isAfterValue,
  NO_WORD_AFTER,
  NO_WORD_BEFORE,
  type Place,
  type Reader,
  type Reading,
  sticky,
} from "../place.ts";
import { isShouted } from "../shouting.ts";
import { mayBeSyllable } from "../syllables.ts";
import { entryOf } from "../word-table.ts";

const WORD = String.raw`[\p{L}\p{M}]+`;
const word = sticky(WORD);
/** GD&ĐT, TP.HCM, KT-XH: capitals joined by marks. */
const joined = sticky(`${NO_WORD_BEFORE}\\p{Lu}\\p{L}*(?:[&.-]\\p{Lu}\\p{L}*)+${NO_WORD_AFTER}`);
const dotted = sticky(`${NO_WORD_BEFORE}(?:([PQ])\\.\\s*(?=[\\p{Lu}\\d])|([HXT])\\.\\s*(?=\\p{Lu}))`);
const asTo = sticky(`${NO_WORD_BEFORE}[Vv]/v${NO_WORD_AFTER}`);
/** QL1A, ĐT.652: the road by its class. */
const road = sticky(`${NO_WORD_BEFORE}(QL|TL|HL|ĐT|ĐH)(?:\\. ?| )(?=[1-9]\\d{0,2}\\p{Lu}?${NO_WORD_AFTER})`);
const times = sticky(`${NO_WORD_BEFORE}[x×](?=\\s*\\d)`);
const andSoOn = sticky(`${NO_WORD_BEFORE}v\\.v(?:\\.{3}|…|\\.(?=\\s+\\p{Ll})|\\.\\.)?`);
/** H5N1, QL1A, 5G */
const mixed = sticky(`${NO_WORD_BEFORE}(?=\\d*\\p{L}+\\d|\\d+\\p{L})[\\p{L}\\d]+${NO_WORD_AFTER}`);
const MIN_NAME_LETTERS = 6;
/** The dot of these is no end of a sentence. */
const withDot: ReadonlySet<string> = new Set("TP Tp tp TX TT GS PGS TS ThS BS QL TL ĐT SĐT".split(" "));

export const readAndSoOn: Reader = (place) => {
  const [all] = found(andSoOn, place) ?? [];
  return all === undefined ? null : { length: all.length, spoken: "vân vân" };
};

/** «V/v tiêm vắc xin», «1.200 ha x 2 vụ» */
export const readSign: Reader = (place) => {
  const [regarding] = found(asTo, place) ?? [];
  if (regarding !== undefined) return { length: regarding.length, spoken: "về việc" };
  const isTimes = found(times, place) !== null && isAfterValue(place);
  return isTimes ? { length: 1, spoken: "nhân" } : null;
};

export const readRoad: Reader = (place) => {
  const [all, kind] = found(road, place) ?? [];
  const name = entryOf(roads, kind ?? "");
  return all === undefined || name === undefined ? null : { length: all.length, spoken: `${name} ` };
};

/** «P. Vĩnh Hải», «Q.1» */
export const readDottedLetter: Reader = (place) => {
  const [all, letter, other] = found(dotted, place) ?? [];
  const name = dottedLetters[letter ?? other ?? ""];
  return all === undefined || name === undefined ? null : { length: all.length, spoken: `${name} ` };
};

export const readJoined: Reader = (place) => {
  const [all] = found(joined, place) ?? [];
  if (all === undefined) return null;
  const known = entryOf(abbreviations, all) ?? entryOf(abbreviations, all.replaceAll(".", ""));
  const length = all.length + dotBehind(place, all);
  if (known !== undefined) return { length, spoken: `${known} ` };
  const parts = all.split(/[&.]/);
  const [first = ""] = parts;
  // «P.Vĩnh Hải»: the letter is read by itself.
  if (parts.length < 2 || entryOf(dottedLetters, first) !== undefined) return null;
  if (parts.every((part) => sayShort(part) === null)) return spelled(all);
  const mark = all.includes("&") ? " và " : " ";
  return { length, spoken: parts.map((part) => sayShort(part) ?? sayWord(part)).join(mark) };
};

export const readMixed: Reader = (place) => {
  const [all] = found(mixed, place) ?? [];
  if (all === undefined) return null;
  const runs = all.match(/\d+|\p{L}+/gu) ?? [];
  const said = runs.map((run) => {
    if (/\d/.test(run)) return sayWhole(run, place.words);
    // Of pictures and timber: 3x4.
    return run === "x" ? "nhân" : (inMixed(run) ?? spellOut(run));
  });
  const isSpelled = runs.some((run) => run.length > 1 && /\p{L}/u.test(run) && inMixed(run) === undefined);
  const reading = { length: all.length, spoken: said.join(" ") };
  return isSpelled
    ? { ...reading, notice: { kind: "spelled", written: all, spoken: reading.spoken } }
    : reading;
};

function inMixed(run: string): string | undefined {
  return entryOf(roads, run) ?? entryOf(abbreviations, run);
}

/** Every word there is. */
export const readWord: Reader = (place) => {
  const [all] = found(word, place) ?? [];
  if (all === undefined) return null;
  const isCapital = all.length > 1 && all === all.toLocaleUpperCase("vi");
  const short = isCapital && mayBeSyllable(all) && isShouted(place, all.length) ? null : sayShort(all);
  if (short !== null) return { length: all.length + dotBehind(place, all), spoken: `${short} ` };
  if (mayBeSyllable(all)) return { length: all.length, spoken: sayWord(all) };
  if (all.length === 1) return { length: 1, spoken: spellOut(all) };
  return isCapital && !mayBeName(all) ? spelled(all) : { length: all.length, ...foreign(all) };
};

/** KALMAEGI in capitals is a typhoon and no abbreviation: long, and with vowels all along. */
function mayBeName(written: string): boolean {
  return written.length >= MIN_NAME_LETTERS && !/[^AEIOUY]{4}|[^AEIOUY]{3}$/u.test(written);
}

function sayShort(written: string): string | null {
  return entryOf(abbreviations, written) ?? entryOf(knownForeign, written.toLocaleLowerCase("vi")) ?? null;
}

function sayWord(written: string): string {
  if (!mayBeSyllable(written)) return spellOut(written);
  const isCapital = written.length > 1 && written === written.toLocaleUpperCase("vi");
  return isCapital ? written.toLocaleLowerCase("vi") : written;
}

function spelled(written: string): Reading {
  const spoken = spellOut(written);
  return { length: written.length, spoken, notice: { kind: "spelled", written, spoken } };
}

function foreign(written: string): Omit<Reading, "length"> {
  const spoken = written.charAt(0) + written.slice(1).toLocaleLowerCase("vi");
  return { spoken, notice: { kind: "foreign", written, spoken } };
}

function dotBehind({ text, at }: Place, written: string): number {
  const behind = text.slice(at + written.length, at + written.length + 20);
  const last = written.split(".").at(-1) ?? "";
  return withDot.has(last) && /^\.(?=\s*[\p{Lu}\d])/u.test(behind) ? 1 : 0;
}
