/**
 * JSON whose meaning no two readers can disagree about: I-JSON (RFC 7493) without its exceptions. Refused are names that
 * come twice in one object (the reader that checks takes one, the reader that acts the other), lone surrogates (2.1),
 * numbers that a double does not hold (2.2), the name `__proto__`, and nesting beyond what any message of ours has.
 */
export const MAX_JSON_DEPTH = 24;

/** The value, or undefined for all that is refused; the text itself is limited by whoever calls. */
export function parseStrictJson(text: string): unknown {
  const value = parsed(text);
  return value === undefined || !isUnambiguous(text) ? undefined : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looks through a text that is known to be JSON (RFC 8259): words, colons and white space say nothing here. */
function isUnambiguous(text: string): boolean {
  /** Names of the objects that are open, null for an array. */
  const open: (Set<string> | null)[] = [];
  let isNameNext = false;
  for (let place = 0; place < text.length; place += 1) {
    const mark = text.charCodeAt(place);
    if (mark === quote) {
      const end = endOfString(text, place);
      if (!isGoodString(text.slice(place, end), isNameNext ? (open.at(-1) ?? null) : null)) return false;
      isNameNext = false;
      place = end - 1;
    } else if (isOfNumber(mark)) {
      const end = endOfNumber(text, place);
      if (!isHeldByDouble(text.slice(place, end))) return false;
      place = end - 1;
    } else if (mark === comma) {
      isNameNext = open.at(-1) instanceof Set;
    } else if (mark === brace || mark === bracket) {
      if (open.length >= MAX_JSON_DEPTH) return false;
      open.push(mark === brace ? new Set() : null);
      isNameNext = mark === brace;
    } else if (mark === braceEnd || mark === bracketEnd) {
      open.pop();
      isNameNext = false;
    }
  }
  return true;
}

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [brace, braceEnd, bracket, bracketEnd] = [0x7b, 0x7d, 0x5b, 0x5d];
const [minus, zero, nine] = [0x2d, 0x30, 0x39];

/** Behind the closing quote; what follows a backslash closes nothing. */
function endOfString(text: string, from: number): number {
  for (let place = from + 1; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code === backslash) place += 1;
    else if (code === quote) return place + 1;
  }
  return text.length;
}

function isOfNumber(code: number): boolean {
  return (code >= zero && code <= nine) || code === minus;
}

function endOfNumber(text: string, from: number): number {
  let place = from + 1;
  while (place < text.length && (isOfNumber(text.charCodeAt(place)) || ".eE+".includes(text.charAt(place))))
    place += 1;
  return place;
}

/** `names` where the string is the name of a member. Escapes are undone first: `"\u0061"` is `"a"`. */
function isGoodString(token: string, names: Set<string> | null): boolean {
  const content = token.includes("\\") ? String(parsed(token)) : token.slice(1, -1);
  if (!content.isWellFormed()) return false;
  if (names === null) return true;
  if (names.has(content) || content === "__proto__") return false;
  names.add(content);
  return true;
}

const MAX_SURE_DIGITS = 15;

/** Whole numbers above 2^53 are read as their neighbours, 1e400 as infinity. */
function isHeldByDouble(token: string): boolean {
  // Up to 15 digits all are held.
  if (token.length <= MAX_SURE_DIGITS && !/[eE]/.test(token)) return true;
  const value = Number(token);
  return Number.isFinite(value) && (!/^-?\d+$/.test(token) || Number.isSafeInteger(value));
}
