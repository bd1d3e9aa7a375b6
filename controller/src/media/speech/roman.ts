const values: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };

/** Up to 39, which is more than bulletins number so; null for what is not written as the Romans did. */
export function romanValue(letters: string): number | null {
  if (!/^X{0,3}(?:IX|IV|V?I{0,3})$/.test(letters) || letters === "") return null;
  const digits = [...letters].map((letter) => values[letter] ?? 0);
  return digits.reduce((sum, digit, index) => sum + (digit < (digits[index + 1] ?? 0) ? -digit : digit), 0);
}
