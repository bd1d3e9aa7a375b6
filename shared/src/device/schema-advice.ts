import { z } from "zod";
import type { ProfileComplaint } from "./profile-complaint.ts";

/**
 * What to do about a file that does not fit its schema, in the words of somebody who writes it by hand. Where the
 * schema has words of its own, those are said.
 */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
):
  | { readonly ok: true; readonly value: z.output<Schema> }
  | { readonly ok: false; readonly complaints: readonly ProfileComplaint[] } {
  const parsed = schema.safeParse(document, { error: adviceOn });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, complaints: parsed.error.issues.map(complaintOf) };
}

/** A key that nobody knows is shown where it stands. */
function complaintOf(issue: z.core.$ZodIssue): ProfileComplaint {
  const [first] = issue.code === "unrecognized_keys" ? issue.keys : [];
  const path = first === undefined ? issue.path : [...issue.path, first];
  return {
    path: path.map((part) => (typeof part === "number" ? part : String(part))),
    message: issue.message,
  };
}

function adviceOn(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return adviceOnType(issue.expected, issue.input, issue.path?.length ?? 0);
    case "invalid_value":
      return adviceOnWord(issue.input, issue.values.map(String));
    case "unrecognized_keys":
      return adviceOnKey(issue.keys[0] ?? "", knownKeys(issue.inst));
    case "too_big":
      return tooMuch[issue.origin]?.(shown(issue.input), Number(issue.maximum));
    case "too_small":
      return tooLittle[issue.origin]?.(shown(issue.input), Number(issue.minimum));
    case "invalid_union":
      return adviceOnWord(issue.input, wordsOf(issue.errors));
    default:
      return undefined;
  }
}

type Words = (input: string, limit: number) => string;
const tooMuch: Readonly<Record<string, Words>> = {
  number: (input, limit) => `${input} is too large: at most ${limit}`,
  int: (input, limit) => `${input} is too large: at most ${limit}`,
  string: (_, limit) => `too long: at most ${limit} characters`,
  array: (_, limit) => `too many: at most ${limit} of them`,
};
const tooLittle: Readonly<Record<string, Words>> = {
  number: (input, limit) => `${input} is too small: at least ${limit}`,
  int: (input, limit) => `${input} is too small: at least ${limit}`,
  string: (_, limit) => `too short: at least ${limit} character${limit === 1 ? "" : "s"}`,
  array: (_, limit) => `too few: at least ${limit} of them is needed`,
};

const kinds: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  array: "a list",
  object: "keys below it",
};

function adviceOnType(expected: string, input: unknown, depth: number): string {
  const kind = kinds[expected] ?? expected;
  if (input === undefined) return `missing: add it with ${kind}`;
  if (depth === 0) return `this is ${Array.isArray(input) ? "a list" : "empty"}: write keys (see README.md)`;
  if (input === null) return `nothing stands here: write ${kind}`;
  const found = Array.isArray(input)
    ? "this is a list"
    : typeof input === "object"
      ? "keys stand below this"
      : `${shown(input)} is a ${typeof input === "string" ? "text" : typeof input}`;
  if (typeof input === "number" && expected === "string") return `${found}: put quotes around it`;
  if (typeof input === "number" && expected === "int") return `${shown(input)} is not whole: round it`;
  const hint = expected === "number" || expected === "int" ? ", with a point and without unit or quotes" : "";
  return `${found}: write ${kind}${hint}`;
}

/** Lists up to this long are said in full. */
const MAX_SAID = 12;

function adviceOnWord(input: unknown, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  if (input === undefined)
    return `missing: add it with ${words.length === 1 ? words[0] : "one of its words"}`;
  if (words.length === 1) return `${shown(input)} is not possible: write ${words[0]}`;
  if (words.length <= MAX_SAID) return `${shown(input)} is not possible: take one of ${words.join(", ")}`;
  const close = closest(String(input), words);
  const guess = close === null ? "take one that is" : `did you mean \`${close}\`?`;
  return `${shown(input)} is not in the list: ${guess} (profile.schema.json has them all)`;
}

function adviceOnKey(key: string, known: readonly string[]): string {
  const close = closest(key, known);
  return close === null
    ? `there is no such key here: ${known.join(", ")}`
    : `there is no such key here: did you mean \`${close}\`?`;
}

function knownKeys(inst: unknown): readonly string[] {
  return inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
}

/** Of a choice between single words or numbers, all of them; of any other choice, none. */
function wordsOf(alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly string[] {
  const each = alternatives.map(([issue, ...more]) =>
    more.length === 0 && issue?.code === "invalid_value" ? issue.values.map(String) : null,
  );
  return each.includes(null) ? [] : each.flatMap((words) => words ?? []);
}

const MAX_SHOWN = 40;

function shown(input: unknown): string {
  const text = typeof input === "object" ? JSON.stringify(input) : String(input);
  return `\`${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}\``;
}

/** The word that was most likely meant; null: nothing is like it. */
function closest(word: string, words: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const near = words
    .map((other) => ({ other, apart: distance(word.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.apart - b.apart)[0];
  return near === undefined || near.apart > limit ? null : near.other;
}

/** Letters to change, add or leave out until both are the same (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
