/** Written to spoken. */
export type WordTable = Readonly<Record<string, string>>;

/** What the table has for a word of the text, which may be one that every object knows, such as «constructor». */
export function entryOf(table: WordTable, written: string): string | undefined {
  return Object.hasOwn(table, written) ? table[written] : undefined;
}
