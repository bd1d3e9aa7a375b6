import { abbreviations } from "../abbreviations.ts";
import { documentIssuers, documentKinds } from "../document-words.ts";
import { spellOut } from "../letter-names.ts";
import { sayWhole } from "../number-words.ts";
import { found, NO_WORD_AFTER, NO_WORD_BEFORE, type Reader, sticky, writtenBefore } from "../place.ts";
import { entryOf } from "../word-table.ts";

const PART = String.raw`\p{Lu}[\p{L}\d&]*`;
/** 49/2024/NĐ-CP, 1234/QĐ-UBND */
const number = sticky(`${NO_WORD_BEFORE}(\\d+)(?:/(\\d{4}))?/(${PART}(?:[-–]${PART})*)${NO_WORD_AFTER}`);
const legislature = /^QH(\d{1,2})$/;

/** The number of a document: «bốn mươi chín, năm hai nghìn …, nghị định, Chính phủ». */
export const readDocumentNumber: Reader = (place) => {
  const [all, no, year, code] = found(number, place) ?? [];
  if (all === undefined || no === undefined || code === undefined) return null;
  const parts = code.split(/[-–]/);
  const before = writtenBefore(place).replace(/\s*số:?$/, "");
  const behind = place.text.slice(place.at + all.length, place.at + all.length + 6);
  const said = [sayWhole(no, place.words)];
  if (year !== undefined) said.push(`năm ${sayWhole(year, place.words)}`);
  const spelled: string[] = [];
  for (const [index, part] of parts.entries()) {
    const session = legislature.exec(part)?.[1];
    const known = index === 0 ? entryOf(documentKinds, part) : undefined;
    const name = known ?? entryOf(documentIssuers, part) ?? entryOf(abbreviations, part) ?? null;
    if (known !== undefined && before.endsWith(known)) continue;
    // «… của Chính phủ» is written out behind it.
    if (index > 0 && /^ của /.test(behind)) continue;
    if (session !== undefined) said.push(`Quốc hội khóa ${sayWhole(session, place.words)}`);
    else if (name === null) spelled.push(part);
    said.push(...(session === undefined ? [name ?? spellOut(part)] : []));
  }
  const reading = { length: all.length, spoken: said.join(", ") };
  if (spelled.length === 0) return reading;
  const written = spelled.join("-");
  return { ...reading, notice: { kind: "spelled", written, spoken: spellOut(written) } };
};
