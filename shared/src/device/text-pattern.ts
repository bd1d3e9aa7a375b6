/** Text with holes: `{value}`, `{any}`, `{unit}`. Patterns of profiles, see `profile-text.ts`. */

const hole = /\{(value|any|unit)\}/;
const holes = /\{(value|any|unit)\}/g;

/** The text that a pattern makes; holes without a word stay empty. */
export function fillPattern(
  pattern: string,
  words: { readonly value?: string; readonly unit?: string | undefined },
): string {
  return pattern.replaceAll(holes, (_, name: string) =>
    name === "value" ? (words.value ?? "") : name === "unit" ? (words.unit ?? "") : "",
  );
}

/** What stands in `{value}`; empty where the pattern has no such hole; null when the line is another one. */
export function matchPattern(pattern: string, line: string, unit?: string): string | null {
  let rest = line;
  let value = "";
  const parts = pattern.replaceAll("{unit}", unit ?? "").split(hole);
  // Text, hole, text, hole … text: what a hole takes ends where the next text begins.
  for (let index = 0; index < parts.length; index += 2) {
    const text = parts[index] ?? "";
    const before = parts[index - 1];
    const isLast = index === parts.length - 1;
    const at = before === undefined ? 0 : isLast ? rest.length - text.length : rest.indexOf(text);
    if (at < 0 || !rest.startsWith(text, at)) return null;
    if (before === "value") value = rest.slice(0, at);
    rest = rest.slice(at + text.length);
  }
  return rest === "" ? value : null;
}

/** Two holes in a row cannot be told apart, and a brace that opens no hole is a slip. */
export function isPattern(pattern: string): boolean {
  const withoutHoles = pattern.replaceAll(holes, "\u0000");
  return !/[{}]/.test(withoutHoles) && !withoutHoles.includes("\u0000\u0000");
}

export function holesOf(pattern: string): readonly string[] {
  return [...pattern.matchAll(holes)].map((match) => match[1] ?? "");
}
