/** SQLite takes at most 32,766 values in one statement, PostgreSQL 65,535. */
const VALUES_A_STATEMENT = 10_000;

/** The list in pieces that fit into one statement each, with so many values for each entry. */
export function inParts<One>(all: readonly One[], valuesEach = 1): readonly (readonly One[])[] {
  const size = Math.floor(VALUES_A_STATEMENT / valuesEach);
  const parts: (readonly One[])[] = [];
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}
