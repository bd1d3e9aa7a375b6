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

/** Strings, numbers and the marks between them; words and white space say nothing here. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],]/g;

/** Looks through a text that is known to be JSON (RFC 8259). */
function isUnambiguous(text: string): boolean {
  /** Names of the objects that are open, null for an array. */
  const open: (Set<string> | null)[] = [];
  let isNameNext = false;
  for (const [token] of text.matchAll(tokens)) {
    const mark = token.charAt(0);
    if (mark === "{" || mark === "[") {
      if (open.length >= MAX_JSON_DEPTH) return false;
      open.push(mark === "{" ? new Set() : null);
      isNameNext = mark === "{";
    } else if (mark === "}" || mark === "]") {
      open.pop();
      isNameNext = false;
    } else if (mark === ",") {
      isNameNext = open.at(-1) instanceof Set;
    } else if (mark === '"') {
      if (!isGoodString(token, isNameNext ? (open.at(-1) ?? null) : null)) return false;
      isNameNext = false;
    } else if (!isHeldByDouble(token)) return false;
  }
  return true;
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

/** Whole numbers above 2^53 are read as their neighbours, 1e400 as infinity. */
function isHeldByDouble(token: string): boolean {
  const value = Number(token);
  return Number.isFinite(value) && (!/^-?\d+$/.test(token) || Number.isSafeInteger(value));
}
