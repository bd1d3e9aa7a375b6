/** The smallest value that this share of them does not exceed; throws on an empty list. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}
